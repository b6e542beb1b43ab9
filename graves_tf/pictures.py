"""Pictures of a training run: loss curves, written samples, attention."""

from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.whole_file import replacing

TEXT = "The quick brown fox"


class Pictures:
    """Draws how far a run has come, into its folder's `pictures/`.

    `curves.png` is drawn anew each time; what `sample` makes is kept.

    Args:
        folder: a `RunFolder`.
        score: the log's column of the training loss, whose `val_…` is
            that of validation.
        reported: the paper's figure for it, drawn as a line, or None.
        sample: function of a folder and the number of updates, or None.
    """

    def __init__(self, folder, score, reported=None, sample=None):
        self.folder = folder
        self.path = folder.pictures
        self.path.mkdir(exist_ok=True)
        self.score = score
        self.reported = reported
        self.sample = sample

    def __call__(self, updates):
        """Draw what there is after so many updates."""
        self.curves()
        if self.sample:
            self.sample(self.path, updates)

    def curves(self):
        """Training and validation loss against updates."""
        from matplotlib.figure import Figure

        rows = self.folder.read_log()
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        updates = [row["updates"] for row in rows]
        for prefix, label in (("", "training"), ("val_", "validation")):
            values = [row[prefix + self.score] for row in rows]
            axes.plot(updates, values, marker=".", label=label)
        if self.reported is not None:
            axes.axhline(
                self.reported, color="grey", linestyle=":", label="the paper"
            )
        # What a network says before it has learned anything hides the rest.
        if min(row["val_" + self.score] for row in rows) < -300:
            axes.set_ylim(top=0)
        axes.set_xlabel("updates")
        axes.set_ylabel(self.score.replace("_", " "))
        axes.legend()
        with replacing(self.path / "curves.png") as path:
            figure.savefig(path)


class HandwritingPictures:
    """Draws what a synthesis network writes.

    `sample-NNNNNN.png` is the same text by the same random numbers at bias 0,
    0.5 and 1, `attention-NNNNNN.png` the window's path (Fig. 13).

    Args:
        model: the network in training.
    """

    def __init__(self, model):
        self.sampler = HandwritingSampler(model)

    def __call__(self, folder, updates):
        from graves_tf.ink import attention
        from graves_tf.ink import raster
        from graves_tf.ink.page import set_page

        samples = self.sampler.write(
            [TEXT] * 3, bias=[0.0, 0.5, 1.0], seed=1, attempts=1
        )
        page = set_page([sample.strokes for sample in samples])
        with replacing(folder / f"sample-{updates:06d}.png") as path:
            raster.to_png(page, path)
        last = samples[-1]
        with replacing(folder / f"attention-{updates:06d}.png") as path:
            attention.to_png(last.phi, last.text, path, strokes=last.strokes)
