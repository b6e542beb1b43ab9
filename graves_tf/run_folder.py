"""A training run's folder: its files, and how they are written."""

import csv
import json
from pathlib import Path

from graves_tf.whole_file import replacing


class RunFolder:
    """`config.json`, `log.csv`, `best.keras`, `last.keras` and pictures.

    Every file is written beside its place and then moved there: a run that
    is killed at any moment leaves the file of before.

    Args:
        path: the folder, made where missing.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        self.best = self.path / "best.keras"
        self.last = self.path / "last.keras"
        self.config = self.path / "config.json"
        self.log = self.path / "log.csv"
        self.pictures = self.path / "pictures"

    def write_config(self, config):
        """Keep what the run was started with."""
        self._replace(
            self.config,
            lambda path: path.write_text(json.dumps(config, indent=2) + "\n"),
        )

    def read_config(self):
        """What the run was started with; {} for a folder without a run."""
        if not self.config.exists():
            return {}
        return json.loads(self.config.read_text())

    def save_last(self, model):
        """The model with its optimizer: what `--resume` goes on from."""
        self._replace(self.last, model.save)

    def save_best(self, model):
        """The model alone, float32.

        With the stds of adaptive weight noise: another stage may start there.
        """
        # A text network's state is a run's own.
        changes = {"streams": None} if hasattr(model, "streams") else {}
        self._replace(self.best, copy_of(model, "float32", **changes).save)

    def append_log(self, row):
        """One more row of `log.csv`; a dict with always the same keys."""
        new = not self.log.exists()
        with self.log.open("a", newline="") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow(row)

    def read_log(self):
        """The rows so far, numbers as floats."""
        if not self.log.exists():
            return []
        with self.log.open(newline="") as file:
            return [
                {k: float(v) for k, v in row.items()}
                for row in csv.DictReader(file)
            ]

    def _replace(self, path, write):
        with replacing(path) as new:
            write(new)


def copy_of(model, dtype, **changes):
    """The same network in another type, with neither optimizer nor loss.

    Args:
        model: a network.
        dtype: the copy's type.
        **changes: constructor's arguments that go before the model's, e.g.
            `weight_noise=None`. Weights that both have are carried over.

    Raises:
        ValueError: weights that are trained have another shape.
    """
    from keras.ops import convert_to_numpy

    config = {**model.get_config(), "dtype": dtype, **changes}
    copy = type(model).from_config(config)
    values = {variable.path: variable for variable in model.weights}
    for variable in copy.weights:
        value = values.get(variable.path)
        if value is None or value.shape != variable.shape:
            if value is not None and variable.trainable:
                raise ValueError(
                    f"{variable.path} is {tuple(variable.shape)}, and "
                    f"{tuple(value.shape)} in what it is to start from."
                )
            continue
        # By way of NumPy: JAX gives the memory of what it trains away.
        variable.assign(convert_to_numpy(value))
    return copy
