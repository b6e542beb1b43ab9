"""One small network and its exports, made once for all of these tests."""

import pathlib
import shutil
import subprocess
import types

import numpy as np
import pytest

TEXT = "Gone, by 9."
STEPS = 60


@pytest.fixture(scope="session")
def network():
    """A small random network whose pens stay on a page."""
    from graves_tf.networks import HandwritingSynthesizer

    network = HandwritingSynthesizer(
        hidden=(24, 32, 24),
        num_mixtures=4,
        num_gaussians=3,
        # Such that the window is through with TEXT before STEPS.
        characters_per_point=0.3,
        offset_mean=(60.1, -0.4),
        offset_std=(41.0, 37.0),
        preset="test",
    )
    rng = np.random.default_rng(5)
    for weight in network.weights:
        if not weight.path.endswith("window/bias"):
            shape = weight.shape
            scale = 1.2 / np.sqrt(shape[0]) if len(shape) > 1 else 0.3
            weight.assign(rng.normal(0.0, scale, shape))
    return network


@pytest.fixture(scope="session")
def keras_file(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "network.keras"
    network.save(path)
    return path


@pytest.fixture(scope="session")
def saved_model(network, tmp_path_factory):
    """The folder of the exported SavedModel."""
    from graves_tf.export.saved_model import export_saved_model

    folder = tmp_path_factory.mktemp("saved_model") / "1"
    return export_saved_model(network, folder)


@pytest.fixture(scope="session")
def tflite_files(network, tmp_path_factory):
    """Precision to the exported file."""
    from graves_tf.export import PRECISIONS
    from graves_tf.export.tflite import export_tflite

    folder = tmp_path_factory.mktemp("tflite")
    paths = export_tflite(network, folder)
    return dict(zip(PRECISIONS, paths, strict=True))


@pytest.fixture(scope="session")
def line(network):
    """The inputs of two lines, and the pens that Keras draws from them."""
    from graves_tf.sampling.draws import Draws

    codes = network.alphabet.encode(TEXT)
    characters = np.full((2, len(codes) + 3), -1, "int32")
    characters[0, : len(codes)] = codes
    characters[1, :5] = codes[:5]
    draws = [Draws(3, row).take(STEPS) for row in range(2)]
    line = types.SimpleNamespace(
        characters=characters,
        bias=np.array([0.5, 1.0], "float32"),
        uniforms=np.stack([u for u, _ in draws]),
        normals=np.stack([n for _, n in draws]),
    )
    line.pens, line.stops, line.phi = keras_steps(network, line)
    return line


def keras_steps(network, line):
    """Pens, stops and φ of `pen_step`, `(B, T, …)`."""
    from keras import ops

    from graves_tf.sampling.pen_step import first_pen
    from graves_tf.sampling.pen_step import first_state
    from graves_tf.sampling.pen_step import pen_step

    pen = first_pen(network, len(line.bias))
    state = first_state(network, len(line.bias))
    drawn = []
    for t in range(STEPS):
        pen, stop, phi, state = pen_step(
            network,
            pen,
            ops.convert_to_tensor(line.characters),
            ops.convert_to_tensor(line.bias),
            line.uniforms[:, t],
            line.normals[:, t],
            state,
        )
        drawn.append([ops.convert_to_numpy(x) for x in (pen, stop, phi)])
    return [np.stack(x, axis=1) for x in zip(*drawn, strict=True)]


@pytest.fixture(scope="session")
def step_loop(line):
    """Runs `init` and `step`, given as functions of named arrays."""

    def run(init, step):
        carried = dict(init(characters=line.characters))
        drawn = []
        for t in range(STEPS):
            carried = dict(
                step(
                    characters=line.characters,
                    bias=line.bias,
                    uniforms=np.ascontiguousarray(line.uniforms[:, t]),
                    normals=np.ascontiguousarray(line.normals[:, t]),
                    **{k: np.asarray(v) for k, v in carried.items()},
                )
            )
            assert carried.pop("density").shape[0] == len(line.bias)
            drawn.append(
                [np.asarray(carried.pop(k)) for k in ("stop", "phi")]
                + [np.asarray(carried["pen"])]
            )
        stops, phi, pens = [np.stack(x, 1) for x in zip(*drawn, strict=True)]
        return pens, stops, phi

    return run


@pytest.fixture(scope="session")
def compile_cpp(tmp_path_factory):
    """Compiles a file of C++ against the TensorFlow wheel: the program."""
    import tensorflow as tf

    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++ to compile a client in C++ with")
    library = pathlib.Path(tf.sysconfig.get_lib())
    if not (library / "libtensorflow_cc.so.2").exists():
        pytest.skip("this TensorFlow has no libtensorflow_cc.so.2")

    def compiled(source):
        program = tmp_path_factory.mktemp("cpp") / source.stem
        subprocess.run(
            [
                *(compiler, "-w", "-O0", *tf.sysconfig.get_compile_flags()),
                source,
                *("-o", program, f"-L{library}", f"-Wl,-rpath,{library}"),
                # It registers the session's kind when it is loaded.
                "-Wl,--no-as-needed",
                "-l:libtensorflow_cc.so.2",
                "-l:libtensorflow_framework.so.2",
            ],
            check=True,
        )
        return program

    return compiled
