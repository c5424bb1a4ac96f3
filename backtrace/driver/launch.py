"""`--nproc N`: the same command on N ranks, started by torchrun's own launcher."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from backtrace.driver.rank_files import FOLDER
from backtrace.errors import EXIT_INTERRUPTED


def launch_ranks(count: int, arguments: Sequence[str], folder: Path) -> int:
    """Run `backtrace` with these arguments on `count` ranks; return the launcher's exit code.

    Where the arguments name no file, the ranks write into `folder`.
    """
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}",
        "-m", "backtrace", *arguments,
    ]  # fmt: skip
    with subprocess.Popen(command, env={**os.environ, FOLDER: str(folder)}) as launcher:
        while True:
            with suppress(KeyboardInterrupt):  # the ranks have it too, and end by it
                code = launcher.wait()
                return EXIT_INTERRUPTED if code < 0 else code


def without_nproc(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without the first `--nproc N`, which stands before TARGET."""
    for at, argument in enumerate(arguments):
        if argument.startswith("--nproc="):
            return [*arguments[:at], *arguments[at + 1 :]]
        if argument == "--nproc":
            return [*arguments[:at], *arguments[at + 2 :]]
    return list(arguments)
