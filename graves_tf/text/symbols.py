"""A text as class numbers, from wherever it is kept."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from graves_tf.text.vocabulary import Vocabulary


class Symbols(NamedTuple):
    """A text as a row of class numbers.

    Attributes:
        ids: `(N,)` uint16 or int32, in the corpus's order; the end of each
            sentence is one of them.
        vocabulary: what the numbers stand for.
        name: what results on the text are reported under, e.g.
            `penn_treebank/char`, or `enwik8 first 4000000 bytes`.
        unknown: how many symbols are outside of the vocabulary, and counted
            as its unknown class. An `<unk>` of the corpus is none of them.
    """

    ids: np.ndarray
    vocabulary: Vocabulary
    name: str
    unknown: int = 0

    def recode(self, vocabulary: Vocabulary) -> "Symbols":
        """The same text in the classes of another vocabulary.

        A network is evaluated in those of its own, whatever the data set's.

        Args:
            vocabulary: of the same kind.

        Raises:
            ValueError: it is of another kind, or has no unknown class for a
                symbol that is outside; the message names it.
        """
        own = self.vocabulary
        if vocabulary == own:
            return self
        if vocabulary.kind != own.kind:
            raise ValueError(
                f"{self.name} is a text of {own.kind}s, and cannot be read by "
                f"a network of {vocabulary.kind}s"
            )
        places = {symbol: i for i, symbol in enumerate(vocabulary.symbols)}
        table = [places.get(symbol, -1) for symbol in own.symbols]
        counts = np.bincount(self.ids, minlength=own.size)
        strangers = Counter(
            {
                symbol: int(counts[i])
                for i, symbol in enumerate(own.symbols)
                if table[i] < 0 and counts[i]
            }
        )
        outside = strangers.total()
        if own.unknown_class:
            # Already in `unknown`.
            table.append(-1)
            if counts[-1]:
                strangers["\N{REPLACEMENT CHARACTER}"] = int(counts[-1])
        table = np.array(table)
        if strangers:
            if vocabulary.unknown_id is None:
                vocabulary.refuse(strangers)
            table[table < 0] = vocabulary.unknown_id
        # What is still -1 does not occur.
        ids = np.maximum(table, 0).astype(vocabulary.dtype)[self.ids]
        return Symbols(ids, vocabulary, self.name, self.unknown + outside)


def load_symbols(
    split: str,
    *,
    dataset: str = "penn_treebank/char",
    data=None,
    data_dir=None,
    manual_dir=None,
) -> Symbols:
    """The symbols of a split.

    A packed file is read with numpy alone; a data set is read without
    TensorFlow, and built first where it is not there yet.

    Args:
        split: `train`, `validation` or, of `penn_treebank`, `test`; or several
            joined by `+`.
        dataset: `penn_treebank/char`, `penn_treebank/word` or `enwik8`.
        data: a packed `.npz`, instead of a data set.
        data_dir: where built data sets are kept; by default where tfds does.
        manual_dir: where the files are that a user brings; by default
            `downloads/manual` in `data_dir`.

    Raises:
        FileNotFoundError: there is no such packed file.
        graves_tf.npz_file.PackedFileError: it is damaged, has no such split,
            or holds handwriting.
        graves_tf.datasets.errors.MissingFilesError: the user's files are
            missing; the message names them.
        graves_tf.datasets.errors.DataError: no such data set of text or
            split; or it cannot be built or read.
    """
    # Only now: a machine that trains from a packed file has no tfds.
    if data is not None:
        from graves_tf.text import packed_text

        return packed_text.load(data, split)
    from graves_tf.datasets import build

    builder = build.make_builder(dataset, data_dir)
    build.check_text(builder)
    build.prepare(builder, manual_dir)
    return read_symbols(builder, split)


def read_symbols(builder, split: str) -> Symbols:
    """The symbols of a split of a built data set.

    Args:
        builder: from `graves_tf.datasets.build.make_builder`, prepared.
        split: as for `load_symbols`.

    Raises:
        graves_tf.datasets.errors.DataError: there is no such split, or the
            files cannot be read.
    """
    from graves_tf.datasets import build
    from graves_tf.datasets.text_record import read_record

    text = build.read_text(builder, split)
    record = read_record(builder.data_path)
    vocabulary = record.vocabulary
    ids, unknown = vocabulary.encode(
        text if vocabulary.kind == "byte" else text.decode()
    )
    return Symbols(ids, vocabulary, record.name, unknown)
