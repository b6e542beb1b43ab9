"""What happens during a training run: validation, checkpoints, the end."""

import contextlib
import time

import keras
import numpy as np

from graves_tf.regularization import weight_costs


@contextlib.contextmanager
def averaged_weights(model):
    """The weights' moving average in the weights' place, for a while.

    Nothing happens for an optimizer that keeps none.
    """
    optimizer = model.optimizer
    if not optimizer.use_ema:
        yield
        return
    variables = model.trainable_variables
    kept = [keras.ops.convert_to_numpy(v) for v in variables]
    averages = optimizer._model_variables_moving_average
    for variable, average in zip(variables, averages, strict=True):
        # A copy: JAX may give the memory of what it evaluates away.
        variable.assign(average + 0.0)
    try:
        yield
    finally:
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)


class Schedule(keras.callbacks.Callback):
    """Warm-up, a constant learning rate, and a linear descent at the end.

    The end is known by updates or by minutes, whichever comes first, so that
    a run of `--minutes` lands as softly as one of `--epochs`.

    Args:
        peak: the learning rate between the two.
        progress: function without arguments, the share of the run that is
            done, 0 to 1.
        warm_up: updates of the linear ascent; 0 for none.
        descent: share of the run that the descent takes.
        every: updates between changes.
    """

    def __init__(self, peak, progress, warm_up=200, descent=0.25, every=10):
        super().__init__()
        self.peak = peak
        self.progress = progress
        self.warm_up = warm_up
        self.descent = descent
        self.every = every

    def on_train_begin(self, logs=None):
        self.updates = int(self.model.optimizer.iterations)
        self._set()

    def on_train_batch_end(self, batch, logs=None):
        self.updates += 1
        if self.updates % self.every == 0:
            self._set()

    def rate(self):
        """The learning rate of the next update."""
        left = (1.0 - self.progress()) / max(self.descent, 1e-9)
        rise = (self.updates + self.every) / max(self.warm_up, 1)
        return self.peak * max(0.0, min(1.0, rise, left))

    def _set(self):
        rate = self.rate()
        if rate != getattr(self, "_rate", None):
            self.model.optimizer.learning_rate = rate
            self._rate = rate


class Rounds(keras.callbacks.Callback):
    """Every few minutes or updates: validate, save, log, draw; stop in time.

    Args:
        folder: a `RunFolder`.
        validate: function without arguments, returns scores by name.
        logged: the names of those that the log keeps; the first decides.
        minutes: between rounds; the end of a pass is no occasion by itself.
        every: updates between rounds, whatever the minutes; or None.
        patience: rounds without a better score after which the run ends. The
            score of the weights that it starts from is then the first to
            beat. None: it goes on.
        total_updates: the run ends there, or None.
        deadline: `time.monotonic()` at which it ends, or None.
        draw: function of the round's number, draws pictures; or None.
        updates_per_epoch: for the log.
        scale: makes the first of the scores of the training loss.
        tensorboard: a `TensorBoardLog`, or None.

    `interrupted`, empty, may be replaced by what becomes true when the run is
    to be broken off: it then ends with the update at hand, saved, without a
    round.
    """

    def __init__(
        self,
        folder,
        validate,
        logged,
        minutes,
        updates_per_epoch,
        scale=1.0,
        total_updates=None,
        deadline=None,
        draw=None,
        tensorboard=None,
        every=None,
        patience=None,
    ):
        super().__init__()
        self.folder = folder
        self.validate = validate
        self.logged = logged
        self.scale = scale
        self.seconds = 60.0 * minutes
        self.total_updates = total_updates
        self.deadline = deadline
        self.draw = draw
        self.tensorboard = tensorboard
        self.every = every
        self.patience = patience
        self.updates_per_epoch = updates_per_epoch
        log = folder.read_log()
        values = [row[f"val_{logged[0]}"] for row in log]
        self.best = min(values, default=np.inf)
        self.start = values[0] if log and not log[0]["updates"] else None
        self.without_better = len(values) - 1 - np.argmin(values or [0])
        self.minutes_before = log[-1]["minutes"] if log else 0.0
        self.diverged = self.broken_off = False
        self.interrupted = ()

    def on_train_begin(self, logs=None):
        self.updates = int(self.model.optimizer.iterations)
        self.weights_cost = bool(weight_costs(self.model))
        self.started = self.round_began = time.monotonic()
        self.round_updates = 0
        self.round_nats = 0.0
        if self.patience and self.best == np.inf:
            self._score_start()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_nats, self.epoch_updates = 0.0, 0

    def on_train_batch_end(self, batch, logs=None):
        loss = float(logs["loss"])
        if not np.isfinite(loss):
            self.diverged = True
            self.model.stop_training = True
            return
        self.updates += 1
        # The data's alone: the loss may have the weights' added to it.
        mean_nats = float(logs.get("nats_per_sequence", loss))
        if self.weights_cost:
            # The progress bar gets these logs after this callback.
            logs["kl_nats_per_sequence"] = loss - mean_nats
        # The bar's figure is the mean since the epoch began.
        self.epoch_updates += 1
        nats = mean_nats * self.epoch_updates
        self.round_nats += nats - self.epoch_nats
        self.epoch_nats = nats
        self.round_updates += 1
        if self.interrupted:
            # At once: after SIGTERM there may be few seconds left.
            self.folder.save_last(self.model)
            self.round_updates = 0
            self.broken_off = self.model.stop_training = True
            return
        now = time.monotonic()
        over = (self.total_updates and self.updates >= self.total_updates) or (
            self.deadline and now >= self.deadline
        )
        if over:
            self.model.stop_training = True
        if self.every:
            due = self.round_updates >= self.every
        else:
            due = now - self.round_began >= self.seconds
        if over or due:
            self._round()

    def on_train_end(self, logs=None):
        if self.round_updates and not self.diverged:
            self._round()

    def _score_start(self):
        """The score to beat, and weights to keep if nothing beats it."""
        scores = self.validate()
        self.start = self.best = scores[self.logged[0]]
        self.without_better = 0
        self.folder.save_best(self.model)
        self.folder.append_log(
            self._row(np.nan, scores, weight_costs(self.model))
        )
        print(
            f"{self.best:.6g} {self.logged[0].replace('_', ' ')} in validation "
            "to start from",
            flush=True,
        )

    def _round(self):
        model = self.model
        train = self.scale * self.round_nats / self.round_updates
        with averaged_weights(model):
            scores = self.validate()
        score = self.logged[0]
        value = scores[score]
        if not np.isfinite(value):
            # The last update ruined the weights: keep those of before.
            self.diverged = True
            model.stop_training = True
            return
        if self.updates == int(model.optimizer.iterations):
            self.folder.save_last(model)
        with averaged_weights(model):
            better = value < self.best
            self.without_better = 0 if better else self.without_better + 1
            if better:
                self.best = value
                self.folder.save_best(model)
            costs = weight_costs(model)
            row = self._row(train, scores, costs)
            self.folder.append_log(row)
            if self.tensorboard:
                self.tensorboard.add_scalars(row, self.updates)
            weights = ""
            if costs:
                of_weights = self.scale * costs["kl_nats_per_sequence"]
                weights = f" (and {of_weights:.6g} for the weights)"
            print(
                f"\n{self.updates} updates, "
                f"epoch {self.updates / self.updates_per_epoch:.2f}: "
                f"{train:.6g} {score.replace('_', ' ')} in "
                f"training{weights}, {value:.6g} in validation"
                + (", the best so far" if better else ""),
                flush=True,
            )
            if self.draw:
                self._draw()
                if self.tensorboard:
                    self.tensorboard.add_pictures(self.updates)
        if self.patience and self.without_better >= self.patience:
            print(f"No better for {self.patience} rounds: that is the end.")
            model.stop_training = True
        self.round_began = time.monotonic()
        self.round_updates, self.round_nats = 0, 0.0

    def _row(self, train, scores, costs):
        """What the log keeps of a round."""
        minutes = (time.monotonic() - self.started) / 60
        return {
            "minutes": round(self.minutes_before + minutes, 2),
            "updates": self.updates,
            "epoch": round(self.updates / self.updates_per_epoch, 3),
            "learning_rate": float(self.model.optimizer.learning_rate),
            self.logged[0]: round(train, 5),
            **{f"val_{key}": round(scores[key], 5) for key in self.logged},
            **{key: round(value, 5) for key, value in costs.items()},
        }

    def _draw(self):
        # A network that has learned little may write what cannot be drawn.
        try:
            self.draw(self.updates)
        except (ValueError, OSError, ImportError) as error:
            print(f"No pictures this time: {error}", flush=True)
