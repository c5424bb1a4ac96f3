"""`--nproc N`: the same command on N ranks, started by torchrun's own launcher."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from backtrace.driver.rank_files import FOLDER
from backtrace.errors import EXIT_INTERRUPTED

LAUNCHER = "launcher.txt"
_TOLD = "backtrace.recording.told_launcher"


def launch_ranks(
    count: int, arguments: Sequence[str], folder: Path, logs: Path | None = None
) -> int:
    """Run `backtrace` with these arguments on `count` ranks; return the launcher's exit code."""
    return launch(("--standalone", f"--nproc-per-node={count}"), arguments, folder, logs)


def launch(
    how: Sequence[str],
    arguments: Sequence[str],
    folder: Path,
    logs: Path | None = None,
    codes: Path | None = None,
) -> int:
    """Run `backtrace` with these arguments on the ranks that torchrun starts, told `how`.

    Where the arguments name no file, the ranks write into `folder`. What they print goes into
    files under `logs`, if that is given, and what the launcher says into `logs/launcher.txt`. How
    ranks ended that failed goes into `codes`, see `read_codes`.
    """
    apart = [] if logs is None else ["--redirects", "3", "--log-dir", str(logs)]
    module = ("torch.distributed.run",) if codes is None else (_TOLD, str(codes))
    command = [
        sys.executable, "-m", *module, *how, *apart, "-m", "backtrace", *arguments,
    ]  # fmt: skip
    with ExitStack() as stack:
        said = None if logs is None else stack.enter_context((logs / LAUNCHER).open("wb"))
        launcher = stack.enter_context(
            subprocess.Popen(
                command, env={**os.environ, FOLDER: str(folder)}, stdout=said, stderr=said
            )
        )
        while True:
            with suppress(KeyboardInterrupt):  # the ranks have it too, and end by it
                code = launcher.wait()
                return EXIT_INTERRUPTED if code < 0 else code


def read_codes(path: Path) -> dict[int, int]:
    """Return by rank the exit codes of those that failed; below 0 they are of signals."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return {int(rank): int(code) for rank, code in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def without_nproc(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without the first `--nproc N`, which stands before TARGET."""
    for at, argument in enumerate(arguments):
        if argument.startswith("--nproc="):
            return [*arguments[:at], *arguments[at + 1 :]]
        if argument == "--nproc":
            return [*arguments[:at], *arguments[at + 2 :]]
    return list(arguments)
