from matplotlib.backends.backend_agg import FigureCanvasAgg

from graves_tf import write
from graves_tf.figures import text
from graves_tf.figures.material import Material


def lines_of(figure):
    return [line.get_text() for line in figure.texts]


def test_it_is_what_write_makes_up(weights, tmp_path):
    network = Material([weights["text"]]).network("text")
    path = tmp_path / "out.txt"
    arguments = ["--task", "text", "--weights", weights["text"], "--seed", "6"]
    assert write.main([*arguments, "--length", "50", "-o", str(path)]) == 0
    assert text.make_up(network, 50, seed=6) == path.read_text()


def test_lines_are_at_most_80_columns_and_inside():
    rows = ["$wide_" * 9 + " " + "m" * 60, "", "x" * 200]
    figure = text.draw_text("\n".join(rows))
    found = lines_of(figure)
    assert "".join(found) == "".join(rows).replace(" ", "")
    assert "" in found
    assert max(len(row) for row in found) == 80
    renderer = FigureCanvasAgg(figure).get_renderer()
    whole = figure.bbox
    for row in figure.texts:
        if row.get_text():
            box = row.get_window_extent(renderer)
            assert whole.x0 < box.x0 < box.x1 < whole.x1
            assert whole.y0 < box.y0 < box.y1 < whole.y1


def test_the_whole_text_is_drawn(weights, monkeypatch):
    monkeypatch.setattr(text, "LENGTH", 400)
    material = Material([weights["text"]], seed=2)
    found = "".join(lines_of(text.draw(material)))
    made = text.make_up(material.network("text"), 400, seed=2)
    assert "".join(found.split()) == "".join(made.split())
