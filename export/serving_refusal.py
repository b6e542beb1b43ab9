"""Why a server refuses a request, in the words of the check that failed."""

import re

# What TensorFlow makes of a check's message and of the values it shows.
_ASSERTION = re.compile(r"assertion failed: \[(.*?)\]([^\n]*)")


def reason(message):
    """One line of a server's error message.

    Args:
        message: string: a check's, with where in the graph it stands; or any
            other.
    """
    if found := _ASSERTION.search(message):
        return (found[1] + found[2]).strip()
    lines = message.strip().splitlines()
    return lines[0] if lines else "it gives no reason"
