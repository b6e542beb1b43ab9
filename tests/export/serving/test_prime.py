"""`prime` reads a style, and `step` and `write_on` go on from it."""

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def signatures(folder):
    import tensorflow as tf

    return tf.saved_model.load(str(folder / "1")).signatures


def run(signature, **inputs):
    return {n: v.numpy() for n, v in signature(**inputs).items()}


def read(signatures, primed, **more):
    """The pen and the state after the style."""
    inputs = {
        "offsets": primed.offsets[None],
        "lengths": np.array([len(primed.offsets)], "int32"),
        "characters": primed.characters,
    }
    return run(signatures["prime"], **(inputs | more))


def keras_primed(network, primed):
    """The pen and the state, by the network's own steps."""
    from keras import ops

    from graves_tf.sampling.pen_step import first_pen
    from graves_tf.sampling.pen_step import first_state
    from graves_tf.sampling.pen_step import pen_step

    pen, state = first_pen(network, 1), first_state(network, 1)
    nothing = np.zeros((1, 2), "float32")
    for offset in primed.offsets:
        *_, state = pen_step(
            network,
            pen,
            primed.characters,
            primed.bias,
            nothing,
            nothing,
            state,
        )
        pen = ops.convert_to_tensor(offset[None])
    named = {f"state_{i}": np.asarray(s) for i, s in enumerate(state)}
    return {"pen": np.asarray(pen), **named}


def test_it_reads_as_keras_does(signatures, golden, primed):
    found, expected = read(signatures, primed), keras_primed(golden, primed)
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-6, err_msg=name)


def test_styles_of_several_lengths_at_once(signatures, primed):
    """What is behind a style's end is not read."""
    offsets = np.concatenate([primed.offsets, np.full((5, 3), 9e3, "float32")])
    both = read(
        signatures,
        primed,
        offsets=np.stack([offsets, offsets]),
        lengths=np.array([len(primed.offsets), 4], "int32"),
        characters=np.repeat(primed.characters, 2, axis=0),
    )
    short = {
        "offsets": primed.offsets[None, :4],
        "lengths": np.array([4], "int32"),
    }
    for row, alone in enumerate(
        [read(signatures, primed), read(signatures, primed, **short)]
    ):
        for name, value in alone.items():
            np.testing.assert_allclose(
                both[name][row], value[0], atol=1e-6, err_msg=name
            )


def test_steps_and_write_on_draw_the_same_pens(signatures, primed):
    start = read(signatures, primed)
    line = {"characters": primed.characters, "bias": primed.bias}
    draws = {"uniforms": primed.uniforms, "normals": primed.normals}
    written = run(signatures["write_on"], **line, **draws, **start)
    assert written["finished"][0] and written["length"][0] > 3
    carried = start
    for t in range(written["length"][0]):
        carried = run(
            signatures["step"],
            **line,
            **{name: draw[:, t] for name, draw in draws.items()},
            **carried,
        )
        carried.pop("density")
        assert not carried.pop("stop")[0] or t == 0
        np.testing.assert_allclose(
            carried.pop("phi")[0], written["phi"][0, t], atol=1e-6
        )
        np.testing.assert_allclose(
            carried["pen"][0], written["pens"][0, t], atol=1e-4
        )


def test_write_is_write_on_from_the_start(signatures, primed):
    line = {
        name: getattr(primed, name)
        for name in ("characters", "bias", "uniforms", "normals")
    }
    start = run(signatures["init"], characters=primed.characters)
    written = run(signatures["write"], **line)
    gone_on = run(signatures["write_on"], **line, **start)
    for name, value in written.items():
        np.testing.assert_array_equal(gone_on[name], value, err_msg=name)


def test_the_rows_axis_is_free_everywhere(signatures):
    for name, signature in signatures.items():
        tensors = {
            **signature.structured_input_signature[1],
            **signature.structured_outputs,
        }
        fixed = {n: t.shape for n, t in tensors.items() if t.shape[0]}
        assert not fixed, (name, fixed)


def test_behind_its_first_padding_a_row_is_padding(signatures, primed):
    """What a server's batching fills a row up with counts for nothing."""
    start = read(signatures, primed)
    line = {
        name: getattr(primed, name) for name in ("bias", "uniforms", "normals")
    }
    filled = np.pad(primed.characters, [(0, 0), (0, 4)], constant_values=1)
    filled[0, primed.characters.shape[1]] = -1
    alone = run(
        signatures["write_on"], characters=primed.characters, **line, **start
    )
    other = run(signatures["write_on"], characters=filled, **line, **start)
    np.testing.assert_allclose(other["pens"], alone["pens"], atol=1e-4)
    np.testing.assert_array_equal(other["length"], alone["length"])
