"""Finds and runs the program, and tells its events while it runs."""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

from . import errors
from .progress import observer

_MISSING = ("the program gridmill was not found: set the variable GRIDMILL to its path, or put its folder on PATH "
            "(scripts/quickstart.sh builds it)")


class Outcome(NamedTuple):
    """How the program ended: its exit code, its events but for those of single tasks, and what it said on stderr."""

    code: int
    events: list
    words: str


def find_program():
    """Returns the path of the program. Error: ProgramMissingError."""
    named = os.environ.get("GRIDMILL")
    if named:
        found = shutil.which(named)
        if not found:
            raise errors.ProgramMissingError(f"GRIDMILL={named} is not a program that can be run")
        return found
    found = shutil.which("gridmill")
    if found:
        return found
    root = Path(__file__).resolve().parents[2]
    for build in ("release", "dev"):  # in a checkout: the package lies beside the build
        candidate = root / "build" / build / "gridmill"
        if os.access(candidate, os.X_OK):
            return str(candidate)
    raise errors.ProgramMissingError(_MISSING)


def call(arguments, *, progress=None, go_on=None, warn=True):
    """Runs `gridmill ARGUMENTS --json` to its end and returns the outcome, whatever its exit code.

    progress: None (shown where a person looks), True, False, or a function that gets each event. The warnings of the
    program become Python's unless `warn` is false. A KeyboardInterrupt stops the program in order; then Interrupted
    says `go_on`, or the command that goes on.
    """
    command = [find_program(), *map(str, arguments), "--json"]
    tell = observer(progress)
    # In a session of its own: a Ctrl-C at the terminal reaches the program once, from here.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             start_new_session=True)
    words = []
    listener = threading.Thread(target=lambda: words.append(child.stderr.read()), daemon=True)
    listener.start()
    events = []
    try:
        try:
            for line in child.stdout:
                event = json.loads(line)
                if event["event"] not in ("task", "task begins", "progress"):
                    events.append(event)
                tell(event)
            child.wait()
        except KeyboardInterrupt:
            _stop(child)
            raise errors.Interrupted(_how_to_go_on(go_on, command)) from None
        finally:
            if child.poll() is None:
                _stop(child)
    finally:
        tell(None)
        listener.join()
        child.stdout.close()
        child.stderr.close()
    said = words[0].decode(errors="replace").strip() if words else ""
    if child.returncode == 130:
        raise errors.Interrupted(_how_to_go_on(go_on, command))
    if warn:
        for event in events:
            if event["event"] == "warning":
                errors.warn(event["text"])
    code = child.returncode if child.returncode >= 0 else 3
    if child.returncode < 0:
        said += f"\nthe program was ended by signal {-child.returncode}"
    return Outcome(code, events, _plain(said))


def require_success(outcome):
    """Raises the exception of an outcome that is not a success."""
    if outcome.code != 0:
        raise errors.error_of(outcome.code, outcome.words)


def _stop(child):
    """Interrupts the program, which keeps what is finished, and waits for it; the second interrupt kills it."""
    child.send_signal(signal.SIGINT)
    try:
        for _ in child.stdout:
            pass
        child.wait()
    except KeyboardInterrupt:
        child.kill()
        child.wait()


def _how_to_go_on(go_on, command):
    return "interrupted; what is finished is kept. To go on: " + (
        go_on or shlex.join(["gridmill", *(word for word in command[1:] if word != "--json")]))


def _plain(said):
    """The words of an error without what only a terminal needs."""
    return re.sub(r"^error: ", "", said, flags=re.MULTILINE).strip()
