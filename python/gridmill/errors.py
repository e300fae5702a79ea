"""What may go wrong: an exception for each exit code of the program, with the program's words."""
import sys
import warnings


class GridmillError(Exception):
    """Something went wrong. `code` is the program's exit code, or None where it was not started."""

    code = None


class IncompleteError(GridmillError):
    """The job could not finish (exit code 1)."""

    code = 1


class BadInputError(GridmillError, ValueError):
    """The arguments, the config or the data are wrong (exit code 2)."""

    code = 2


class InternalError(GridmillError):
    """A bug of gridmill (exit code 3, or a crash)."""

    code = 3


class StoppedError(GridmillError):
    """The job was asked to stop and has work left (exit code 75): the same call goes on."""

    code = 75


class ProgramMissingError(GridmillError, FileNotFoundError):
    """The program was not found."""


class Interrupted(KeyboardInterrupt):
    """The user interrupted the job; what was finished is kept, and the message says how to go on."""

    code = 130


class GridmillWarning(UserWarning):
    """A warning of the program, such as a best value on the border of the grid."""


def warn(words):
    """Warns at the line of the caller outside this package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "gridmill":
        frame, level = frame.f_back, level + 1
    warnings.warn(words, GridmillWarning, stacklevel=level)


_BY_CODE = {error.code: error for error in (IncompleteError, BadInputError, InternalError, StoppedError)}


def error_of(code, words):
    """Returns the exception for an exit code of the program that is not 0."""
    error = _BY_CODE.get(code, InternalError)(words or f"gridmill ended with code {code} and said nothing")
    error.code = code
    return error
