"""Shows how far a job is, in a terminal or a notebook."""
import sys


def observer(progress):
    """Returns a function that is told each event of the program, and None at the end.

    progress: a function, which gets the events; True or False: shown or not; None: shown where a person looks.
    """
    if callable(progress):
        return lambda event: progress(event) if event is not None else None
    if progress is None:
        progress = "ipykernel" in sys.modules or bool(getattr(sys.stderr, "isatty", lambda: False)())
    return _Line(sys.stderr) if progress else lambda event: None


def words_of(event):
    """Returns the line that shows an event; None where it changes nothing that is shown."""
    kind = event["event"]
    if kind == "stage":
        return event["what"]
    if kind != "progress":
        return None
    words = f"{event['done']:,}/{event['total']:,} {event['unit']}"
    if event.get("failed"):
        words += f", {event['failed']:,} failed"
    left = event.get("seconds_left")
    if left is not None and event["done"] < event["total"]:
        words += f", {_time(left)} left"
    best = event.get("best")
    if best:
        parameters = ", ".join(f"{name}={value}" for name, value in best["params"].items())
        words += f", best {best['metric']} {best['score']:.4g} ({parameters})"
    return words


class _Line:
    """One line that is written over: notebooks understand the carriage return as terminals do."""

    def __init__(self, stream):
        self._stream = stream
        self._width = 0

    def __call__(self, event):
        if event is None:
            if self._width:
                self._stream.write("\n")
                self._stream.flush()
            return
        words = words_of(event)
        if words is None:
            return
        self._stream.write("\r" + words.ljust(self._width))
        self._stream.flush()
        self._width = len(words)


def _time(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
