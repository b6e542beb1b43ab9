import numpy as np
import pytest
from keras import ops

from graves_tf.layers import SoftWindow

B, U, A, H, K = 3, 6, 4, 5, 2


def numpy_window(hidden, characters, kappa, kernel, bias):
    """Eqs. 46 to 51 for one sequence, in float64, word for word."""
    parameters = np.asarray(hidden, "float64") @ kernel + bias
    count = len(kappa)
    alpha = np.exp(parameters[:count])
    beta = np.exp(parameters[count : 2 * count])
    kappa = kappa + np.exp(parameters[2 * count :])
    length = len(characters)

    def phi(u):
        return sum(
            alpha[k] * np.exp(-beta[k] * (kappa[k] - u) ** 2)
            for k in range(count)
        )

    window = sum(phi(u) * characters[u - 1] for u in range(1, length + 1))
    return window, kappa, np.array([phi(u) for u in range(1, length + 2)])


def make(seed=0):
    """A built layer with large weights, and inputs in float32."""
    rng = np.random.default_rng(seed)
    layer = SoftWindow(K)
    layer.build((None, H))
    layer.set_weights(
        [0.7 * rng.normal(size=(H, 3 * K)), 0.3 * rng.normal(size=3 * K)]
    )
    hidden = rng.normal(size=(B, H)).astype("float32")
    characters = np.eye(A, dtype="float32")[rng.integers(0, A, (B, U))]
    kappa = rng.uniform(0, 4, (B, K)).astype("float32")
    return layer, hidden, characters, kappa


def arrays(outputs):
    return [ops.convert_to_numpy(y) for y in outputs]


def test_layer(check_layer):
    _, hidden, characters, kappa = make()
    check_layer(
        SoftWindow,
        {"num_gaussians": K, "characters_per_point": 0.1},
        [hidden, characters, kappa],
        outputs=[(B, A), (B, K), (B, U + 1)],
        weights=[("kernel", (H, 3 * K)), ("bias", (3 * K,))],
    )


def test_mixed_precision_changes_nothing():
    layer, *inputs = make()
    mixed = SoftWindow(K, dtype="mixed_bfloat16")
    mixed.build((None, H))
    mixed.set_weights(layer.get_weights())
    for a, b in zip(
        arrays(layer(*inputs)), arrays(mixed(*inputs)), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    layer, *inputs = make(seed)
    outputs = arrays(layer(*inputs))
    for b in range(B):
        expected = numpy_window(*(x[b] for x in inputs), *layer.get_weights())
        for output, value in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(output[b], value, rtol=2e-5, atol=1e-6)


def test_rows_of_different_lengths():
    """Each row is as it is alone, without padding."""
    layer, hidden, characters, kappa = make()
    lengths = [U, 1, 4]
    mask = np.arange(U) < np.array(lengths)[:, None]
    padded = characters * mask[:, :, None]
    window, new_kappa, phi = arrays(layer(hidden, padded, kappa, mask=mask))
    assert phi.shape == (B, U + 1)
    for b, length in enumerate(lengths):
        expected = numpy_window(
            hidden[b], characters[b, :length], kappa[b], *layer.get_weights()
        )
        np.testing.assert_allclose(window[b], expected[0], rtol=2e-5)
        np.testing.assert_allclose(new_kappa[b], expected[1], rtol=2e-5)
        np.testing.assert_allclose(phi[b, :length], expected[2][:-1], rtol=2e-5)
        np.testing.assert_array_equal(phi[b, length:-1], 0)
        # φ(t, U + 1), of the row's own U, in the last column.
        np.testing.assert_allclose(phi[b, -1], expected[2][-1], rtol=2e-5)


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_full_mask_is_no_mask():
    layer, *inputs = make()
    masked = layer(*inputs, mask=np.ones((B, U), bool))
    for a, b in zip(arrays(layer(*inputs)), arrays(masked), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_derivatives_are_the_papers(differentiate):
    """Eqs. 56 to 60, at a step after which κ matters no more.

    The derivative of the loss with respect to κ_{t-1} is that to κ_t.
    """
    layer, hidden, characters, kappa = make()
    rng = np.random.default_rng(3)
    dw = rng.normal(size=(B, A))
    dkappa_next = rng.normal(size=(B, K))

    # One row at a time: the bias's derivative is then that of α̂, β̂, κ̂.
    for b in range(B):

        def row_loss(kappa, b=b):
            w, k, _ = layer(hidden[b : b + 1], characters[b : b + 1], kappa)
            return ops.sum(w * dw[b].astype("float32")) + ops.sum(
                k * dkappa_next[b].astype("float32")
            )

        _, (from_kappa,), (_, parameters) = differentiate(
            row_loss, [kappa[b : b + 1]], layer.weights
        )
        kernel, bias = layer.get_weights()
        hats = hidden[b].astype("float64") @ kernel + bias
        alpha, beta, step = np.exp(hats.reshape(3, K))
        here = kappa[b] + step
        u = np.arange(1, U + 1)
        distance = here[:, None] - u
        epsilon = (
            alpha[:, None]
            * np.exp(-beta[:, None] * distance**2)
            * (characters[b] @ dw[b])
        )
        dalpha = epsilon.sum(axis=1)
        dbeta = -beta * (epsilon * distance**2).sum(axis=1)
        dkappa = dkappa_next[b] + 2 * beta * (epsilon * -distance).sum(axis=1)
        np.testing.assert_allclose(
            parameters,
            np.concatenate([dalpha, dbeta, step * dkappa]),
            rtol=1e-4,
            atol=1e-5,
        )
        np.testing.assert_allclose(from_kappa[0], dkappa, rtol=1e-4, atol=1e-5)


def test_kappa_only_grows():
    layer, hidden, characters, kappa = make()
    before = kappa
    for _ in range(4):
        _, after, _ = layer(hidden, characters, before)
        after = ops.convert_to_numpy(after)
        assert (after > before).all()
        before = after


def test_it_starts_at_characters_per_point():
    layer = SoftWindow(K, characters_per_point=0.25)
    layer.build((None, H))
    hidden = np.zeros((1, H), "float32")
    kappa = layer.initial_state(1)
    np.testing.assert_array_equal(ops.convert_to_numpy(kappa), np.zeros((1, K)))
    for n in range(1, 4):
        _, kappa, _ = layer(hidden, np.ones((1, U, A), "float32"), kappa)
        np.testing.assert_allclose(
            ops.convert_to_numpy(kappa), np.full((1, K), 0.25 * n), rtol=1e-6
        )


@pytest.mark.parametrize(
    "name, value",
    [
        ("num_gaussians", 0),
        ("num_gaussians", 1.5),
        ("characters_per_point", 0.0),
        ("characters_per_point", -1.0),
    ],
)
def test_bad_arguments(name, value):
    with pytest.raises(ValueError, match=name):
        SoftWindow(**{name: value})
