"""Lines with rare characters, such as digits, more than once a pass."""

from collections import Counter


def with_rare_repeated(lines, rare, most=4):
    """The lines, and those with rare characters several times.

    A line whose rarest character occurs c times in all the lines comes
    √(rare / c) times, rounded: halfway between as often as it is written and
    as often as all others.

    Args:
        lines: list of `graves_tf.ink.line.Line`.
        rare: a character that occurs less often is rare; 0: none is.
        most: how often a line comes at most.

    Returns:
        A new list, in the same order.
    """
    counts = Counter(character for line in lines for character in line.text)

    def times(line):
        least = min((counts[one] for one in line.text), default=rare)
        return 1 if rare <= least else min(round((rare / least) ** 0.5), most)

    return [line for line in lines for _ in range(times(line))]
