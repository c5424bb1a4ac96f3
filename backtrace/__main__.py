"""The command line: runs a command, and turns a user's mistake into a message and an exit code."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    # What we need is not in the working folder, where `python -m` looks first.
    sys.path[0] = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120

import signal
from pathlib import Path

from backtrace.errors import EXIT_INTERRUPTED, EXIT_MISTAKE, EXIT_OK, BacktraceError
from backtrace.language import choose_language, localized_line, translated, using_language
from backtrace.narrow_stdout import narrow_stdout
from backtrace.printable import literal, literal_lines
from backtrace.start_up import ProgramEnded, start_up


def main() -> None:
    """Run the command line and exit."""
    start_up.begin()
    code = run_command_line()
    if code == EXIT_INTERRUPTED:
        # An interrupt that passed through an `exec` of text (each dataclass does one) makes Python
        # end by SIGINT although it was caught; the next `exec` of text takes that back.
        exec("")
    sys.exit(code)


def run_command_line() -> int:
    """Run the command line; return the exit code."""
    if sys.stdout is None:  # `>&-`: nobody listens, as with a closed pipe
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    narrow_stdout()
    with using_language(choose_language()):
        return _run_command()


def _run_command() -> int:
    try:
        from typer.main import get_command

        from backtrace.cli import app

        get_command(app)()  # as `app()`, which puts a `sys.excepthook` of its own into its place
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # for which Click exits with 1
            return _give_up_writing(end.__context__)
        code = end.code if isinstance(end.code, int) else EXIT_OK
        return code if isinstance(end, ProgramEnded) else _flush(code)
    except BacktraceError as error:
        text = "\n".join(map(localized_line, literal_lines(str(error)).split("\n")))
        sys.stderr.write(f"{translated('error')}: {text}\n")
        return error.exit_code
    except KeyboardInterrupt:
        # Whoever presses it again while we end has no use for a traceback from our last lines.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.stderr.write("interrupted\n")
        return EXIT_INTERRUPTED
    except OSError as error:
        return _give_up_writing(error)
    return EXIT_OK


def _flush(code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError as error:
        return _give_up_writing(error, is_said=code == EXIT_MISTAKE)
    return code


def _give_up_writing(error: OSError, *, is_said: bool = False) -> int:
    """Whoever reads our output has had enough: no error. A full disk is one, and said once."""
    # Python flushes stdout again when it exits, and must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return EXIT_OK
    if not is_said:
        sys.stderr.write(f"error: {literal(str(error))}\n")
    return EXIT_MISTAKE


if __name__ == "__main__":
    main()
