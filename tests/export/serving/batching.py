"""What TensorFlow Serving's batching does to requests: tests only.

Requests of one signature that come within a moment run as one: row below row,
shorter ones filled up with their own first value (what the server's
`pad_variable_length_inputs` does), and the outputs cut apart again by rows. A
request fails with all that it ran with.
"""

import threading

import numpy as np
import tensorflow as tf


class Batcher:
    """Runs requests together.

    Args:
        run: function of a signature's name and its dict of inputs.
        size: requests that are waited for.
        seconds: how long, at most.

    Attributes:
        sizes: rows of each batch that ran.
    """

    def __init__(self, run, size, seconds=5.0):
        self._run, self._size, self._seconds = run, size, seconds
        self._open, self._lock = {}, threading.Lock()
        self.sizes = []

    def __call__(self, signature, inputs):
        rows = {len(array) for array in inputs.values()}
        if len(rows) != 1:
            raise tf.errors.InvalidArgumentError(
                None,
                None,
                "Batching Run() input tensors must have equal 0th-dimension "
                f"size. Sizes are {sorted(rows)}",
            )
        with self._lock:
            batch = self._open.setdefault(signature, _Batch())
            place = len(batch.tasks)
            batch.tasks.append(inputs)
            if len(batch.tasks) == self._size:
                del self._open[signature]
                batch.full.set()
        if place == 0:
            batch.full.wait(self._seconds)
            with self._lock:
                if self._open.get(signature) is batch:
                    del self._open[signature]
            self._process(signature, batch)
        batch.done.wait()
        if batch.error:
            raise batch.error
        return batch.outputs[place]

    def _process(self, signature, batch):
        try:
            merged = {
                name: np.concatenate(_padded([t[name] for t in batch.tasks]))
                for name in batch.tasks[0]
            }
            outputs = self._run(signature, merged)
            sizes = [len(next(iter(t.values()))) for t in batch.tasks]
            self.sizes.append(sum(sizes))
            cuts = np.cumsum(sizes)[:-1]
            for array in outputs.values():
                assert len(array) == sum(sizes), "an output without rows"
            parts = {n: np.split(a, cuts) for n, a in outputs.items()}
            batch.outputs = [
                {n: p[i] for n, p in parts.items()} for i in range(len(sizes))
            ]
        except Exception as error:  # Each of the requests tells it.
            batch.error = error
        finally:
            batch.done.set()


class _Batch:
    def __init__(self):
        self.tasks, self.outputs, self.error = [], None, None
        self.full, self.done = threading.Event(), threading.Event()


def _padded(arrays):
    """Of one shape but for their rows, filled up with their first value."""
    shape = np.max([a.shape[1:] for a in arrays], axis=0).astype(int)
    filled = []
    for array in arrays:
        missing = [(0, n) for n in shape - array.shape[1:]]
        filled.append(
            np.pad(array, [(0, 0), *missing], constant_values=array.flat[0])
        )
    return filled
