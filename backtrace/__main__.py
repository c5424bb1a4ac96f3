"""The command line: runs a command, and turns a user's mistake into a message and an exit code."""

from __future__ import annotations

import os
import sys

from backtrace.errors import EXIT_INTERRUPTED, EXIT_OK, BacktraceError


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run_command_line())


def run_command_line() -> int:
    """Run the command line; return the exit code."""
    from backtrace.cli import app

    try:
        app()
    except SystemExit as end:
        return _flush(end.code if isinstance(end.code, int) else EXIT_OK)
    except BacktraceError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return _close_stdout()
    return EXIT_OK


def _flush(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _close_stdout()
    return code


def _close_stdout() -> int:
    """Whoever read our output has had enough: no error. Python must not flush into it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_OK


if __name__ == "__main__":
    main()
