"""The cards of the weights that ship: a head of fields, then Markdown."""

from graves_tf import weights

# What a head says, one `field: value` a line between two lines of `---`.
FIELDS = ("task", "preset", "score", "terms", "date", "sha256")


def card_of(name):
    """The path of the card that lies beside shipped weights.

    Raises:
        FileNotFoundError: there are no such weights; see `weights.find`.
    """
    return weights.find(name).with_suffix(".md")


def read_head(path):
    """The fields in the head of a card.

    Args:
        path: of the card, a `Path`.

    Returns:
        dict of `FIELDS`: the network's `task` and `preset`; its `score`, one
        figure that says on what; the `terms` of its data; the `date` of the
        training's end; and the `sha256` of its `.keras` file.

    Raises:
        ValueError: there is no head, or not with these fields.
    """
    start, *head = path.read_text(encoding="utf-8").split("---\n")
    fields = {}
    if not start and len(head) > 1:
        rows = [line.partition(": ") for line in head[0].splitlines()]
        fields = {field: value for field, _, value in rows}
    if tuple(fields) != FIELDS:
        raise ValueError(
            f"{path} must begin with a line of ---, then one `field: value` a "
            f"line of {', '.join(FIELDS)}, then --- again. It has "
            f"{', '.join(fields) or 'none of them'}."
        )
    return fields
