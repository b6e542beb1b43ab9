import numpy as np
import pytest

from graves_tf import write
from graves_tf.networks import TextPredictor
from graves_tf.text.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Networks of each kind that have learned nothing."""
    folder = tmp_path_factory.mktemp("weights")
    for kind in ("character", "word", "byte"):
        text = "the cat sat\non the mat\n"
        vocabulary = Vocabulary.fit(
            text.encode() if kind == "byte" else text, kind
        )
        network = TextPredictor(vocabulary, hidden=(5,))
        rng = np.random.default_rng(0)
        for weight in network.trainable_weights:
            weight.assign(rng.normal(size=weight.shape))
        network.save(folder / f"{kind}.keras")
    return folder


@pytest.fixture
def run(files, capfdbinary):
    def run(kind, *arguments):
        weights = str(files / f"{kind}.keras")
        status = write.main(
            ["--task", "text", "--weights", weights, *arguments]
        )
        captured = capfdbinary.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.mark.parametrize("kind", ["character", "byte"])
def test_so_many_symbols_are_printed(run, kind):
    status, out, _ = run(kind, "--length", "40", "--seed", "3")
    assert status == 0
    assert len(out) == 41
    assert set(out) <= set(b"the cat sat\non the mat\n")
    assert run(kind, "--length", "40", "--seed", "3")[1] == out
    assert run(kind, "--length", "40", "--seed", "4")[1] != out


def test_words_stand_a_space_apart(run):
    status, out, _ = run("word", "--length", "30")
    assert status == 0
    words = out.decode().split()
    assert set(words) <= {"the", "cat", "sat", "on", "mat", "<unk>"}
    assert len(words) + out.decode().count("\n") - 1 == 30
    assert "  " not in out.decode()


def test_a_prime_is_gone_on_from(run):
    _, out, _ = run("character", "--length", "5", "--prime", "the c")
    assert out.startswith(b"the c")
    assert len(out) == 11
    _, out, _ = run("word", "--length", "1", "--prime", "the cat")
    assert out.startswith((b"the cat ", b"the cat\n"))


def test_to_a_file(run, tmp_path):
    path = tmp_path / "new" / "out.txt"
    status, out, _ = run("character", "--length", "7", "-o", str(path))
    assert status == 0
    assert len(path.read_bytes()) == 7
    assert b"7 characters" in out


@pytest.mark.parametrize("kind", ["character", "word"])
def test_a_file_has_what_is_printed(run, tmp_path, kind):
    path = tmp_path / "out.txt"
    options = ["--length", "7", "--prime", "the cat"]
    _, out, _ = run(kind, *options)
    assert run(kind, *options, "-o", str(path))[0] == 0
    assert path.read_bytes() + b"\n" == out
    assert out.startswith(b"the cat")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prime", "Z"], b"--on-unknown skip"),
        (["--prime", "a Zoo, a Zebra"], b"not know: ',' 'Z' 'b' 'r'. Leave"),
        (["--length", "0"], b"--length"),
        (["--temperature", "0"], b"temperature"),
        (["--temperature", "inf"], b"temperature"),
        (["--seed", "-1"], b"--seed"),
        (["some text"], b"--prime"),
    ],
)
def test_bad_input(run, arguments, message):
    status, out, err = run("character", *arguments)
    assert status == 2
    assert message in err
    assert not out


def test_unknown_characters_can_be_skipped(run):
    status, out, _ = run(
        *("character", "--prime", "Zthe", "--on-unknown", "skip"),
        *("--length", "3"),
    )
    assert status == 0
    assert out.startswith(b"Zthe")


def test_a_handwriting_network_is_refused(tmp_path, capsys):
    arguments = ["--task", "text", "--weights", "synthesis"]
    assert write.main(arguments) == 2
    assert "for synthesis" in capsys.readouterr().err
