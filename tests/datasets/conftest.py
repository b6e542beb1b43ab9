"""A small IAM-OnDB, written in the real format."""

import tarfile

import pytest

XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession>
  <WhiteboardDescription>
    <SensorLocation corner="top_left"/>
    <DiagonallyOppositeCoords x="6512" y="1376"/>
    <VerticallyOppositeCoords x="966" y="1376"/>
    <HorizontallyOppositeCoords x="6512" y="787"/>
  </WhiteboardDescription>
  <StrokeSet>
{strokes}
  </StrokeSet>
</WhiteboardCaptureSession>
"""
ORIGINAL = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession>
  <General>
    <Form id="{form}" writerID="{writer}"/>
  </General>
</WhiteboardCaptureSession>
"""
LISTS = {
    "trainset.txt": ["a01-000u", "b01-001"],
    "testset_v.txt": ["c01-002z"],
    "testset_t.txt": ["d01-003x"],
    "testset_f.txt": ["e01-004"],
}
FORMS = {
    "a01-000u": ["A MOVE to stop Mr . Gaitskell", "from nominating", "any"],
    "b01-001": ["put down", "a resolution"],
    "c01-002z": ["&quot;Peers&quot;"],
    "d01-003x": ["He said : no"],
    "e01-004": ["one", "two"],
    "z01-000": ["in no list"],
}


def strokes_of(form, number):
    """Two strokes that no other line has; the first misses a reading."""
    x = 100 * number + 1000 * sorted(FORMS).index(form)
    places = [0, 1, 2, 4, 5, 6]
    first = [(x + 20 * i, 7 * i, 1 + 0.0148 * i) for i in places]
    return [first, [(x + 300, 50, 2.0), (x + 310, 50, 2.01)]]


def xml(strokes):
    """The XML file of a line."""
    written = []
    for points in strokes:
        written.append(
            f'    <Stroke colour="black" start_time="{points[0][2]:.2f}" '
            f'end_time="{points[-1][2]:.2f}">'
        )
        for x, y, time in points:
            written.append(f'      <Point x="{x}" y="{y}" time="{time:.2f}"/>')
        written.append("    </Stroke>")
    return XML.format(strokes="\n".join(written))


class Iam:
    """The unpacked folders, to be spoiled by a test."""

    forms = FORMS
    strokes_of = staticmethod(strokes_of)

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for name, forms in LISTS.items():
            (folder / name).write_text("".join(f" {f}\n" for f in forms))
        for form, texts in FORMS.items():
            self.write_texts(form, texts)
            for number in range(1, len(texts) + 1):
                path = self.stroke_file(form, number)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(xml(strokes_of(form, number)))

    def stroke_file(self, form, number):
        place = f"{form[:3]}/{form[:7]}/{form}-{number:02}.xml"
        return self.folder / "lineStrokes" / place

    def text_file(self, form):
        return self.folder / "ascii" / form[:3] / form[:7] / f"{form}.txt"

    def write_texts(self, form, texts):
        path = self.text_file(form)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = "\n".join(texts)
        path.write_text(f"OCR:\n\nsomething else\n\nCSR: \n\n{body}\n\n")

    def write_writer(self, form, writer):
        folder = self.folder / "original" / form[:3] / form[:7]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"strokes{form[7:]}.xml"
        path.write_text(ORIGINAL.format(form=form[:7], writer=writer))

    def pack(self, folder):
        """The official archives of it."""
        folder.mkdir()
        parts = {
            "lineStrokes-all": ["lineStrokes"],
            "ascii-all": ["ascii"],
            "task1": list(LISTS),
            "original-xml-all": ["original"],
        }
        for archive, names in parts.items():
            with tarfile.open(folder / f"{archive}.tar.gz", "w:gz") as tar:
                for name in names:
                    if (self.folder / name).exists():
                        tar.add(self.folder / name, name)
        if not (self.folder / "original").exists():
            (folder / "original-xml-all.tar.gz").unlink()
        return folder


@pytest.fixture
def iam(tmp_path):
    return Iam(tmp_path / "manual")
