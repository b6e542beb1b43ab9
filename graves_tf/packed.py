"""A data set in one small file: plain arrays in an `.npz`, no pickle.

Needs numpy only, so that a machine with Keras and a backend can train.

Each split is stored as the *offsets* of all its lines one after another, which
compress far better than positions: integers, in units of `1 / scale`. Texts
and names are UTF-8 bytes. Layout, for a split `S`:

| array | type | holds |
|---|---|---|
| `header` | uint8 | JSON: format, name, config, scale, splits |
| `S/xy` | int16 or int32 `(points, 2)` | steps; a line's first is its start |
| `S/pen` | uint8, packed bits | end-of-stroke |
| `S/points` | int32 `(lines,)` | points of each line |
| `S/FIELD`, `S/FIELD_bytes` | uint8, int32 `(lines,)` | a text field |
"""

import numpy as np

from graves_tf import npz_file
from graves_tf.ink.line import Line
from graves_tf.npz_file import HANDWRITING_FORMAT as FORMAT
from graves_tf.npz_file import PackedFileError
from graves_tf.npz_file import damaged
from graves_tf.npz_file import to_bytes

_TEXT_FIELDS = ("text", "line_id", "form_id", "writer_id")


def save(path, splits: dict[str, list[Line]], *, name: str, config: str):
    """Writes a packed file.

    Coordinates that are all integers are kept exactly; others to a 64th of
    the recording's unit.

    Args:
        path: the `.npz` to write; replaced as a whole, or not at all.
        splits: lines by split.
        name: of the data set, e.g. `iam_ondb`.
        config: e.g. `clean`.

    Raises:
        PackedFileError: a coordinate is not finite or too large for int32, an
            end-of-stroke is not 0 or 1, or a split's name holds a `/` or `+`.
    """
    npz_file.check_split_names(path, splits)
    scale = 1 if _all_integer(splits) else 64
    arrays = {}
    for split, lines in splits.items():
        for key, array in _pack(path, lines, scale).items():
            arrays[f"{split}/{key}"] = array
    header = {
        "format": FORMAT,
        "name": name,
        "config": config,
        "scale": scale,
        "splits": {
            split: {
                "lines": len(lines),
                "points": sum(len(line.strokes) for line in lines),
            }
            for split, lines in splits.items()
        },
    }
    npz_file.write(path, header, arrays)


def describe(path) -> dict:
    """What a packed file holds.

    Returns:
        `name`, `config`, `scale`, and `splits`: by split, `lines` and
        `points`.

    Raises:
        PackedFileError: not a packed file, or a damaged one.
        FileNotFoundError: there is none.
    """
    with npz_file.open_npz(path) as archive:
        return _header(path, archive)


def load(path, split: str) -> list[Line]:
    """The lines of a split.

    Args:
        path: a packed file.
        split: e.g. `train`, or several joined by `+`.

    Raises:
        PackedFileError: not a packed file, a damaged one, or one without such
            a split; the message names the splits there are.
        FileNotFoundError: there is none.
    """
    with npz_file.open_npz(path) as archive:
        header = _header(path, archive)
        wanted = npz_file.wanted_splits(path, split, header["splits"])
        lines = []
        for part in wanted:
            try:
                lines += _unpack(archive, part, header)
            except npz_file.READING as error:
                raise damaged(path, f"split {part!r}: {error}") from error
        return lines


def _pack(path, lines, scale):
    points = np.array([len(line.strokes) for line in lines], dtype=np.int32)
    strokes = np.concatenate(
        [np.asarray(line.strokes, np.float64) for line in lines]
        or [np.zeros((0, 3))]
    )
    if not np.isfinite(strokes).all():
        where = [x.line_id for x in lines if not np.isfinite(x.strokes).all()]
        raise PackedFileError(f"{path}: not finite: coordinates of {where[:5]}")
    if not np.isin(strokes[:, 2], (0, 1)).all():
        raise PackedFileError(f"{path}: an end-of-stroke is not 0 or 1")
    # Rounding positions, not steps, keeps errors from adding up.
    xy = np.round(strokes[:, :2] * scale)
    starts = np.cumsum(points) - points
    steps = np.diff(xy, axis=0, prepend=np.zeros((1, 2)))
    steps[starts[points > 0]] = xy[starts[points > 0]]
    largest = float(np.abs(steps).max(initial=0.0))
    if largest > np.iinfo(np.int32).max:
        raise PackedFileError(
            f"{path}: a step of {largest / scale:g} is too wide to pack"
        )
    small = largest <= np.iinfo(np.int16).max
    arrays = {
        "xy": steps.astype(np.int16 if small else np.int32),
        "pen": np.packbits(strokes[:, 2].astype(bool)),
        "points": points,
    }
    for field in _TEXT_FIELDS:
        encoded = [getattr(line, field).encode() for line in lines]
        arrays[field] = to_bytes(b"".join(encoded))
        lengths = [len(piece) for piece in encoded]
        arrays[f"{field}_bytes"] = np.array(lengths, dtype=np.int32)
    return arrays


def _unpack(archive, split, header):
    points = archive[f"{split}/points"]
    total = int(points.sum())
    xy = archive[f"{split}/xy"].astype(np.float64)
    bits = archive[f"{split}/pen"]
    pen = np.unpackbits(bits, count=total)
    expected = header["splits"][split]
    if (len(points), total) != (expected["lines"], expected["points"]):
        raise ValueError("the counts disagree with the header's")
    if (points < 0).any() or xy.shape != (total, 2) or 8 * len(bits) < total:
        raise ValueError("the arrays disagree in length")
    texts = [_split_texts(archive, f"{split}/{f}") for f in _TEXT_FIELDS]
    if any(len(column) != len(points) for column in texts):
        raise ValueError("the texts disagree with the lines in number")
    lines, start = [], 0
    for count, *fields in zip(points, *texts, strict=True):
        stop = start + int(count)
        strokes = np.empty((stop - start, 3), np.float32)
        strokes[:, :2] = np.cumsum(xy[start:stop], axis=0) / header["scale"]
        strokes[:, 2] = pen[start:stop]
        lines.append(Line(strokes, *fields))
        start = stop
    return lines


def _split_texts(archive, key):
    data = archive[key].tobytes()
    lengths = archive[f"{key}_bytes"]
    stops = np.cumsum(lengths)
    if (lengths < 0).any() or (stops[-1] if len(stops) else 0) != len(data):
        raise ValueError(f"{key} disagrees with its lengths")
    return [
        data[stop - length : stop].decode()
        for stop, length in zip(stops.tolist(), lengths.tolist(), strict=True)
    ]


def _all_integer(splits):
    return all(
        np.array_equal(line.strokes[:, :2], np.round(line.strokes[:, :2]))
        for lines in splits.values()
        for line in lines
    )


def _header(path, archive):
    header = npz_file.read_header(path, archive, FORMAT)
    try:
        if header["scale"] > 0 and header["splits"] is not None:
            return {k: header[k] for k in ("name", "config", "scale", "splits")}
    except npz_file.READING as error:
        raise damaged(path, error) from error
    raise damaged(path, "its header is not whole")
