"""Evaluating an exported sampler: what its narrow weights cost."""

import numpy as np

from graves_tf.scoring import figures
from graves_tf.scoring import sequence_figures


def score_tflite(path, metadata, batches, threads=2, progress=None):
    """Nats and squared errors of whole lines, by a TFLite sampler's `step`.

    The pens that go in are the lines' own, and of what comes out the density
    counts, as in `graves_tf.scoring`.

    Args:
        path: of a `.tflite` file of `graves_tf.export`, of handwriting.
        metadata: what it says of itself.
        batches: `HandwritingBatches(seed=None)`, normalised as it has it.
        threads: for its products.
        progress: wraps the iterable of batch numbers, e.g. `tqdm`.

    Returns:
        `graves_tf.scoring.figures`.
    """
    model = _Steps(path, metadata, threads)
    numbers = range(len(batches))
    rows = []
    for i in progress(numbers) if progress else numbers:
        inputs, targets = batches[i]
        outputs = model.densities(inputs["offsets"], inputs["characters"])
        rows.append(np.asarray(sequence_figures(targets, outputs)))
    return figures(np.concatenate(rows))


class _Steps:
    """The `step` of a TFLite file, for many lines at once."""

    def __init__(self, path, metadata, threads):
        from ai_edge_litert.interpreter import Interpreter

        self.metadata = metadata
        self.interpreter = Interpreter(
            model_path=str(path), num_threads=threads
        )
        step = self.interpreter.get_signature_runner("step")
        inputs, outputs = step.get_input_details(), step.get_output_details()
        # A runner that is kept would keep the interpreter from running.
        del step
        if "density" not in outputs:
            raise ValueError(
                f"{path} was exported by an earlier version, which does not "
                "say its density. Export it again."
            )
        self.details = inputs
        self.input = {n: d["index"] for n, d in inputs.items()}
        self.output = {n: d["index"] for n, d in outputs.items()}

    def densities(self, offsets, characters):
        """ŷ `(B, T, 1 + 6M)` of normalised offsets `(B, T, 3)`."""
        run, states = self.interpreter, self.metadata["states"]
        # A recorded line ends with its text: -2 keeps what is written on away.
        characters = np.pad(characters, [(0, 0), (0, 1)], constant_values=-2)
        self._resize(len(offsets), characters.shape[1])
        pens = np.array(offsets)
        pens[..., :2] *= np.float32(self.metadata["offset_std"])
        pens[..., :2] += np.float32(self.metadata["offset_mean"])
        for name, size in states.items():
            run.set_tensor(
                self.input[name], np.zeros((len(pens), size), "float32")
            )
        run.set_tensor(self.input["characters"], characters)
        found = []
        for t in range(pens.shape[1]):
            run.set_tensor(self.input["pen"], np.ascontiguousarray(pens[:, t]))
            run.invoke()
            found.append(run.get_tensor(self.output["density"]))
            for name in states:
                run.set_tensor(
                    self.input[name], run.get_tensor(self.output[name])
                )
        return np.stack(found, axis=1)

    def _resize(self, rows, width):
        for name, detail in self.details.items():
            shape = [rows, *detail["shape"][1:]]
            if name == "characters":
                shape[1] = width
            self.interpreter.resize_tensor_input(
                detail["index"], [int(size) for size in shape]
            )
        self.interpreter.allocate_tensors()
        # What is drawn does not count.
        for name, value in (("bias", 0.0), ("uniforms", 0.5), ("normals", 0.0)):
            shape = (rows,) if name == "bias" else (rows, 2)
            self.interpreter.set_tensor(
                self.input[name], np.full(shape, value, "float32")
            )
