"""How a program ends, and a program that is run without us, where nothing of ours could begin."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from backtrace.driver.script import Program, run_as_main
from backtrace.driver.tracebacks import show_exception
from backtrace.errors import EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK, ScriptError, describe_error
from backtrace.interrupts import LimitReached
from backtrace.narrow_stdout import stdout_as_found
from backtrace.printable import literal_lines
from backtrace.start_up import start_up


def run_bare(program: Program, failure: Exception, errors: TextIO) -> int:
    """Run a program as `python` would, without the instrument; return its exit code.

    The end says on `errors` that nothing was recorded, because of `failure`.

    Raises:
        ScriptError: there is no such program.
    """
    reason = describe_error(failure)
    failure.__traceback__ = None  # what its frames hold is not the program's
    start_up.end()
    raised: BaseException | None = None
    try:
        with stdout_as_found():
            run_as_main(program)
    except ScriptError:
        raise
    except BaseException as error:
        raised = error
    code = end_program(raised)
    with suppress(Exception):
        said = f"nothing was recorded, for it could not begin: {reason}"
        errors.write(f"backtrace: {literal_lines(said)}\n")
    return code


def end_program(error: BaseException | None) -> int:
    """Show what a program raised, as Python does, and return the exit code that it gives."""
    if error is None or isinstance(error, LimitReached):
        return EXIT_OK
    if isinstance(error, SystemExit):
        code = error.code
        if code is None or isinstance(code, int):
            return int(code or 0)
        with suppress(Exception):  # Python passes over it too
            print(code, file=sys.stderr or sys.__stderr__)
        return EXIT_FOUND
    show_exception(error)
    return EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else EXIT_FOUND
