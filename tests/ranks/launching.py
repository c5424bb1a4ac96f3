"""Starts programs on two ranks, as a user does from a shell; by forks that have torch already."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import backtrace

SOURCE = Path(backtrace.__file__).parent.parent
ENV = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "100", "PYTHONPATH": str(SOURCE)}
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


def launch(*command: str, folder: Path, is_warm: bool = True) -> subprocess.CompletedProcess[str]:
    from warm_processes import WarmPopen

    with patch.object(subprocess, "Popen", WarmPopen) if is_warm else nullcontext():
        return subprocess.run(
            command, cwd=folder, env=ENV, capture_output=True, text=True, timeout=200, check=False
        )


def torchrun(
    *arguments: str, folder: Path, is_warm: bool = True
) -> subprocess.CompletedProcess[str]:
    return launch(*TORCHRUN, *arguments, folder=folder, is_warm=is_warm)


def backtrace_command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return launch(sys.executable, "-m", "backtrace", *arguments, folder=folder)
