"""The command line called in this process, which has paid for torch already, by any fixture."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import torch

from backtrace.__main__ import run_command_line

_OF_TERMINALS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "CLICOLOR_FORCE")


def run_here(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `backtrace` with these words in a folder; return what a process of its own would.

    What a script changes of the interpreter, and a run of the random numbers, is put back.
    """
    out, err = (
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=how, newline="")
        for how in ("strict", "backslashreplace")
    )
    before, main, random = Path.cwd(), sys.modules["__main__"], torch.get_rng_state()
    os.chdir(cwd)
    try:
        with (
            patch.dict(os.environ),
            patch.object(sys, "path", sys.path[:]),
            patch.object(sys, "argv", ["backtrace", *words]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            for name in _OF_TERMINALS:
                os.environ.pop(name, None)
            os.environ.update(env)
            code = run_command_line()
    finally:
        os.chdir(before)
        sys.modules["__main__"] = main
        torch.set_rng_state(random)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return subprocess.CompletedProcess(words, code, *texts)
