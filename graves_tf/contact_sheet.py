"""Pictures of many lines of writing, with words under each, to look over."""

from PIL import Image
from PIL import ImageDraw
from PIL import ImageFont

from graves_tf.legibility import draw_line
from graves_tf.whole_file import replacing

COLUMNS, ROWS = 2, 20
WIDTH, HEIGHT, CAPTION = 760, 64, 17
GAP = 12


def save_sheets(folder, name, lines, captions):
    """Writes `NAME-01.png` and so on, 40 lines each.

    Args:
        folder: a `Path`; made where it is missing.
        name: the files' stem.
        lines: list of `(T, 3)` strokes.
        captions: for each line a list of strings, one a row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = COLUMNS * ROWS
    for number, begin in enumerate(range(0, len(lines), size), 1):
        part = slice(begin, begin + size)
        with replacing(folder / f"{name}-{number:02d}.png") as path:
            make_sheet(lines[part], captions[part]).save(path, "PNG")


def make_sheet(lines, captions):
    """One picture of at most `COLUMNS` x `ROWS` lines."""
    rows = -(-len(lines) // COLUMNS)
    high = HEIGHT + CAPTION * max(map(len, captions)) + GAP
    sheet = Image.new("RGB", (COLUMNS * WIDTH, rows * high), "white")
    pen, font = ImageDraw.Draw(sheet), _font()
    for i, (strokes, caption) in enumerate(zip(lines, captions, strict=True)):
        x, y = i // rows * WIDTH + GAP, i % rows * high
        picture = draw_line(strokes, HEIGHT)
        picture.thumbnail((WIDTH - 2 * GAP, HEIGHT))
        sheet.paste(picture, (x, y))
        for row, words in enumerate(caption):
            place = (x, y + HEIGHT + row * CAPTION)
            pen.text(place, words, fill="#1a4f8b", font=font)
    return sheet


def _font():
    """Matplotlib's own: Pillow's default has few letters."""
    from matplotlib import font_manager

    return ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 13)
