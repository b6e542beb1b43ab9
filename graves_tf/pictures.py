"""Pictures of a training run: loss curves, written samples, attention."""

import os

from graves_tf.sampling.handwriting_sampler import HandwritingSampler

TEXT = "The quick brown fox"


class Pictures:
    """Draws how far a run has come, into its folder's `pictures/`.

    `curves.png` is drawn anew each time; `sample-NNNNNN.png` (the same text
    and the same random numbers at bias 0, 0.5 and 1) and
    `attention-NNNNNN.png` (the window's path, Fig. 13) are kept.

    Args:
        folder: a `RunFolder`.
        model: the network in training.
        reported: the paper's nats per sequence, drawn as a line, or None.
    """

    def __init__(self, folder, model, reported=None):
        self.folder = folder
        self.path = folder.path / "pictures"
        self.path.mkdir(exist_ok=True)
        self.reported = reported
        self.sampler = (
            HandwritingSampler(model) if model.task == "synthesis" else None
        )

    def __call__(self, updates):
        """Draw what there is after so many updates."""
        self.curves()
        if self.sampler:
            self.sample(updates)

    def curves(self):
        """Training and validation loss against updates."""
        from matplotlib.figure import Figure

        rows = self.folder.read_log()
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        updates = [row["updates"] for row in rows]
        for key, label in (
            ("nats_per_sequence", "training"),
            ("val_nats_per_sequence", "validation"),
        ):
            values = [row[key] for row in rows]
            axes.plot(updates, values, marker=".", label=label)
        if self.reported is not None:
            axes.axhline(
                self.reported, color="grey", linestyle=":", label="the paper"
            )
        # What a network says before it has learned anything hides the rest.
        if min(row["val_nats_per_sequence"] for row in rows) < -300:
            axes.set_ylim(top=0)
        axes.set_xlabel("updates")
        axes.set_ylabel("nats per sequence")
        axes.legend()
        self._save("curves.png", figure.savefig)

    def sample(self, updates):
        """A text at three biases, and where the window was."""
        from graves_tf.ink import attention
        from graves_tf.ink import raster
        from graves_tf.ink.page import set_page

        samples = self.sampler.write(
            [TEXT] * 3, bias=[0.0, 0.5, 1.0], seed=1, attempts=1
        )
        page = set_page([sample.strokes for sample in samples])
        self._save(
            f"sample-{updates:06d}.png", lambda path: raster.to_png(page, path)
        )
        last = samples[-1]
        self._save(
            f"attention-{updates:06d}.png",
            lambda path: attention.to_png(
                last.phi, last.text, path, strokes=last.strokes
            ),
        )

    def _save(self, name, write):
        new = self.path / f".new-{name}"
        write(new)
        os.replace(new, self.path / name)
