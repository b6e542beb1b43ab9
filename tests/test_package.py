"""The package as it is installed: its place, its folders, its imports."""

import importlib.metadata
import importlib.util
import os
import pathlib
import subprocess
import sys

import pytest

import graves_tf
import graves_tf.datasets
import graves_tf.export

ROOT = pathlib.Path(__file__).parents[1]

# What a machine that trains from a packed file need not have.
OPTIONAL = (
    "ai_edge_litert",
    "array_record",
    "HersheyFonts",
    "lxml",
    "matplotlib",
    "PIL",
    "tensorboard",
    "tensorflow",
    "tensorflow_datasets",
    "tqdm",
)


@pytest.mark.skipif(
    os.environ.get("GRAVES_TF_WHEEL_TEST") != "1",
    reason="only `make test` installs the wheel",
)
@pytest.mark.parametrize(
    "module", [graves_tf, graves_tf.datasets, graves_tf.export]
)
def test_tests_run_on_the_wheel(module):
    folder = pathlib.Path(module.__file__).parent
    assert "site-packages" in folder.parts
    assert ROOT not in folder.parents or ".venv-test" in folder.parts


def test_version_is_the_distributions():
    assert graves_tf.__version__ == importlib.metadata.version("graves_tf")


def test_wheel_has_one_top_level_name():
    packages = importlib.metadata.packages_distributions()
    ours = [name for name, dists in packages.items() if "graves_tf" in dists]
    assert [name for name in ours if not name.startswith("__editable__")] == [
        "graves_tf"
    ]


def test_every_folder_of_the_repository_is_installed():
    """A new sub-package must be listed in setup.cfg."""
    roots = {
        "graves_tf": ROOT / "graves_tf",
        "graves_tf.datasets": ROOT / "datasets",
        "graves_tf.export": ROOT / "export",
    }
    for name, folder in roots.items():
        for init in folder.rglob("__init__.py"):
            parts = init.parent.relative_to(folder).parts
            module = ".".join((name, *parts))
            assert importlib.util.find_spec(module) is not None, module


def test_a_command_run_from_within_a_clone_is_the_clones():
    """After `pip install .` the clone still comes before what is installed."""
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import graves_tf.datasets, graves_tf.export;"
            "print(graves_tf.datasets.__file__, graves_tf.export.__file__)",
        ],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [
        str(ROOT / folder / "__init__.py") for folder in ("datasets", "export")
    ]


def test_importing_the_package_imports_no_framework():
    _run(
        "import sys, graves_tf;"
        "assert not {'keras', 'tensorflow', 'jax'} & set(sys.modules)"
    )


@pytest.mark.parametrize("command", ["train", "evaluate", "write"])
def test_training_from_a_packed_file_needs_only_keras_and_jax(command):
    pytest.importorskip("jax")
    missing = "".join(f"sys.modules[{name!r}] = None;" for name in OPTIONAL)
    _run(
        f"import sys; {missing} import graves_tf.{command}",
        KERAS_BACKEND="jax",
    )


def _run(program, **environment):
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
