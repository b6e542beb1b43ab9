"""What figures are drawn of: networks, lines of handwriting, a seed."""

import numpy as np

DATASET = "iam_ondb/clean"
# Characters of a line that stands in for one of the paper's.
SHORTEST, LONGEST = 18, 36


class AbsentError(ValueError):
    """A network or data set is not at hand; the message says the remedy."""


class Material:
    """Networks and lines, each loaded when a figure first asks for it.

    Args:
        weights: `.keras` files or names of shipped weights, one a task at
            most; what ships stands in for the other tasks.
        split: whose lines are shown; None: the one that a figure names.
        seed: non-negative int; the same gives the same figures.
        **where: of `graves_tf.data.load_lines`; no `dataset` is
            `iam_ondb/clean`.

    Attributes:
        given: by task, the name and the network of `weights`.

    Raises:
        FileNotFoundError: see `graves_tf.weights.find`.
        ValueError: a file holds no network of this package, or two are for
            one task.
    """

    def __init__(self, weights=(), split=None, seed=0, **where):
        self.split = split
        self.seed = seed
        self.where = where
        self.given = {}
        for name in weights:
            network = _load(name)
            if network.task in self.given:
                raise ValueError(
                    f"--weights: {self.given[network.task][0]} and {name} are "
                    f"both for {network.task}. Give one a task."
                )
            self.given[network.task] = name, network
        self._networks = {task: n for task, (_, n) in self.given.items()}
        self._sampler = None
        self._lines = {}

    def network(self, task):
        """The network for "synthesis", "prediction" or "text".

        Raises:
            AbsentError: none was given, and none ships.
        """
        if task not in self._networks:
            from graves_tf import weights
            from graves_tf.networks.presets import DEFAULT_PRESET

            name = DEFAULT_PRESET[task]
            if name not in weights.names():
                raise AbsentError(
                    f"no network for {task} ships. Train one by python -m "
                    f"graves_tf.train --task {task}, and give it by --weights."
                )
            self._networks[task] = _load(name, task)
        return self._networks[task]

    def write(self, texts, **options):
        """Written lines; those that did not come out at once are named.

        Args:
            texts: list of strings.
            **options: of `HandwritingSampler.write`.

        Returns:
            List of `Sample`.

        Raises:
            ValueError: the network does not know a character.
        """
        from graves_tf.sampling.handwriting_sampler import HandwritingSampler
        from graves_tf.sampling.text_lines import prepare
        from graves_tf.write import report

        network = self.network("synthesis")
        for text in set(texts):
            prepare(text, network.alphabet)
        if self._sampler is None:
            self._sampler = HandwritingSampler(network)
        samples = self._sampler.write(texts, seed=self.seed, **options)
        report(samples)
        return samples

    def lines(self, split):
        """The lines of a split of the data set, or of the one asked for.

        Raises:
            AbsentError: files of the data set must be downloaded first.
            ValueError, OSError: see `graves_tf.data.load_lines`.
        """
        split = self.split or split
        if split not in self._lines:
            self._lines[split] = self._load_lines(split)
        return self._lines[split]

    def _load_lines(self, split):
        from graves_tf.data import load_lines

        if self.where.get("data") is not None:
            return load_lines(split, **self.where)
        # Only now: a machine with a packed file has no tfds.
        from graves_tf.datasets.errors import MissingFilesError

        dataset = self.where.get("dataset") or DATASET
        try:
            return load_lines(split, **self.where | {"dataset": dataset})
        except MissingFilesError as error:
            raise AbsentError(str(error)) from error

    def lines_saying(self, texts, split):
        """For each text a line that says it, or, where none does, another.

        Args:
            texts: list of strings.
            split: as in `lines`.

        Returns:
            List of `Line`, of characters that the network for synthesis
            knows; those that stand in are chosen by the seed.

        Raises:
            AbsentError, ValueError, OSError: as `lines`.
        """
        alphabet = self.network("synthesis").alphabet
        lines = [
            line
            for line in self.lines(split)
            if line.text.strip() and not alphabet.unknown_in(line.text)
        ]
        others = [x for x in lines if x.text not in texts]
        order = np.random.default_rng(self.seed).permutation(len(others))
        # Those of a fit length first.
        order = sorted(
            order, key=lambda i: not SHORTEST <= len(others[i].text) <= LONGEST
        )
        spare = iter([others[i] for i in order])
        saying = {line.text: line for line in reversed(lines)}
        chosen = [saying.get(text) or next(spare, None) for text in texts]
        if None in chosen:
            raise ValueError(
                f"Split {self.split or split} has {len(lines)} lines that the "
                f"network can read; {len(texts)} are needed. Choose another "
                "by --split."
            )
        return chosen


def _load(name, task=None):
    from graves_tf import weights

    return weights.load(name, task=task)
