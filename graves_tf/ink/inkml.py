"""Reading the traces and the text of an InkML document (W3C, 2011)."""

import re

import numpy as np
from lxml import etree

from graves_tf.ink.json_ink import MAX_POINTS
from graves_tf.ink.json_ink import strokes_to_lists
from graves_tf.ink.line import Line
from graves_tf.ink.svg import printable

# What tools call the transcription, best first.
TEXT_TYPES = ("truth", "label", "text", "transcription", "transcript")

# A value of a point: a prefix (explicit, first or second difference) and a
# number, which may follow the last one without a space.
_VALUE = re.compile(
    r"\s*(?P<prefix>[!'\"]?)\s*(?P<value>[*?TF]"
    r"|#[0-9A-Fa-f]{1,16}"
    r"|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
)


def from_inkml(root):
    """The `Line` in the root element of an InkML document.

    Points have the channels of `traceFormat` (X and Y without one); those
    besides X and Y are skipped, as are traces of the lifted pen. A trace with
    `continuation` goes on with the stroke before it. Values may be plain or
    differences. A Y channel whose orientation is `-ve` is turned down.

    Args:
        root: lxml element `ink`.

    Returns:
        `Line`; its text is '' where no annotation holds one.

    Raises:
        ValueError: no traces, a value that is no number, no X or Y, or over
            `MAX_POINTS` points.
    """
    formats = {
        element.get("{http://www.w3.org/XML/1998/namespace}id"): element
        for element in _all(root, "traceFormat")
    }
    default = next(iter(formats.values()), None)
    x, y, signs = _channels(default)
    strokes = []
    count = 0
    for number, trace in enumerate(_all(root, "trace")):
        if trace.get("type") == "penUp":
            continue
        points = _points(trace, number, x, y)
        count += len(points)
        if count > MAX_POINTS:
            raise ValueError(
                f"more than {MAX_POINTS} points; give a line of writing"
            )
        if not points:
            continue
        if trace.get("continuation") in ("middle", "end") and strokes:
            strokes[-1].extend(points)
        else:
            strokes.append(points)
    if not strokes:
        raise ValueError("no traces with points")
    array = np.concatenate(
        [[(px, py, 0.0) for px, py in stroke] for stroke in strokes]
    )
    array[np.cumsum([len(stroke) for stroke in strokes]) - 1, 2] = 1.0
    array[:, :2] *= signs
    return Line(array.astype(np.float32), _text(root))


def to_inkml(line):
    """An InkML document of a `Line`: traces of X and Y, the text as `truth`.

    Raises:
        ValueError: a coordinate is not finite.
    """
    root = etree.Element("ink", nsmap={None: "http://www.w3.org/2003/InkML"})
    layout = etree.SubElement(root, "traceFormat")
    for name in ("X", "Y"):
        etree.SubElement(layout, "channel", name=name, type="decimal")
    if line.text:
        annotation = etree.SubElement(root, "annotation", type="truth")
        annotation.text = printable(line.text)
    for stroke in strokes_to_lists(line.strokes):
        trace = etree.SubElement(root, "trace")
        trace.text = ", ".join(f"{x} {y}" for x, y in stroke)
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    ).decode()


def _all(root, name):
    """Elements of a local name, whatever the namespace, in order."""
    return root.iter(f"{{*}}{name}")


def _channels(element):
    """Places of X and Y among a point's values, and their signs."""
    if element is None:
        return 0, 1, (1.0, 1.0)
    channels = list(_all(element, "channel"))
    names = [channel.get("name") for channel in channels]
    for name in ("X", "Y"):
        if name not in names:
            raise ValueError(f"the traceFormat has no channel {name}")
    x, y = names.index("X"), names.index("Y")
    signs = tuple(
        -1.0 if channels[place].get("orientation") == "-ve" else 1.0
        for place in (x, y)
    )
    return x, y, signs


def _points(trace, number, x, y):
    """The `(x, y)` of a trace's points; values may be differences."""
    text = "".join(trace.itertext()).strip()
    if not text:
        return []
    points = []
    channels = {x: _Channel(), y: _Channel()}
    for index, point in enumerate(text.rstrip(",").split(",")):
        point = point.strip()
        where = f"trace {number}, point {index} is {point[:60]!r}"
        place = position = 0
        while position < len(point):
            match = _VALUE.match(point, position)
            if not match:
                raise ValueError(f"{where}; expected numbers")
            position = match.end()
            if place in channels:
                channels[place].read(match["prefix"], match["value"], where)
            place += 1
        if place <= max(x, y):
            raise ValueError(
                f"{where}; expected at least {max(x, y) + 1} values"
            )
        points.append((channels[x].value, channels[y].value))
    return points


class _Channel:
    """The state of one channel through a trace: value and differences."""

    def __init__(self):
        self.prefix = "!"
        self.value = self.speed = self.change = 0.0

    def read(self, prefix, text, where):
        self.prefix = prefix or self.prefix
        given = _number(text, where)
        before, speed = self.value, self.speed
        if self.prefix == "!":
            self.value = before if given is None else given
        elif self.prefix == "'":
            self.value = before + (speed if given is None else given)
        else:
            change = self.change if given is None else given
            self.value = before + speed + change
        self.speed = self.value - before
        self.change = self.speed - speed
        # What float32 cannot hold would turn infinite.
        if not abs(self.value) < 1e30:
            raise ValueError(f"{where}; coordinates must be finite")


def _number(text, where):
    """A coordinate; None for `*`, the value before."""
    if text == "*":
        return None
    if text.startswith("#"):
        return float(int(text[1:], 16))
    if text in "?TF":
        raise ValueError(f"{where}; {text!r} is no coordinate")
    return float(text)


def _text(root):
    """The transcription: of the document, else of its groups in order."""
    for depth in _levels(root):
        for kind in TEXT_TYPES:
            found = [
                " ".join(annotation.itertext()).strip()
                for element in depth
                for annotation in element.iterchildren("{*}annotation")
                if (annotation.get("type") or "").lower() == kind
            ]
            found = [" ".join(text.split()) for text in found if text]
            if found:
                return " ".join(found)
    return ""


def _levels(root):
    """Lists of elements that hold annotations, outermost first."""
    level = [root]
    while level:
        yield level
        level = [
            child
            for element in level
            for child in element.iterchildren(
                "{*}traceGroup", "{*}traceView", "{*}trace"
            )
        ]
