"""`--nproc N`: the same command on N ranks, started by torchrun's own launcher."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

from backtrace.errors import EXIT_INTERRUPTED


def launch_ranks(count: int) -> int:
    """Run this command line again on `count` ranks; return the launcher's exit code.

    The ranks take no notice of `--nproc`: the launcher has told them theirs.
    """
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}",
        "-m", "backtrace", *without_nproc(sys.argv[1:]),
    ]  # fmt: skip
    with subprocess.Popen(command) as launcher:
        while True:
            with suppress(KeyboardInterrupt):  # the ranks have it too, and end by it
                code = launcher.wait()
                return EXIT_INTERRUPTED if code < 0 else code


def without_nproc(arguments: list[str]) -> list[str]:
    """Return the arguments without the first `--nproc N`, which stands before TARGET."""
    for at, argument in enumerate(arguments):
        if argument.startswith("--nproc="):
            return [*arguments[:at], *arguments[at + 1 :]]
        if argument == "--nproc":
            return [*arguments[:at], *arguments[at + 2 :]]
    return arguments
