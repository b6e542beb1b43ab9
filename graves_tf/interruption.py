"""Ctrl-C and SIGTERM, kept until what is at hand is done."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def noted_signals():
    """Notes the first Ctrl-C or SIGTERM; a second one acts as ever.

    A signal that the process ignores, as `nohup` has it, stays ignored. Outside
    of the main thread, where Python allows no handlers, nothing is noted.

    Yields:
        A list, empty until a signal comes: then its number is in it.
    """
    noted = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    # None is a handler that Python did not set, and cannot set again.
    before = {
        number: handler
        for number, handler in before.items()
        if handler not in (None, signal.SIG_IGN)
    }

    def restore():
        for number, handler in before.items():
            signal.signal(number, handler)

    def note(number, frame):
        noted.append(number)
        restore()

    for number in before:
        signal.signal(number, note)
    try:
        yield noted
    finally:
        restore()
