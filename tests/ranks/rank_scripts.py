"""Scripts of two ranks: a bug and its mended twin in one text, and correct ones, run and judged.

A file under `scripts/bugs` is the script with the bug. Its twin is the same text without the lines
that end in `# bug`, and with the lines that begin with `# fix:`. Its line `# expect:` says which
codes name the bug, and the rank, the parameter and the first update that are to be told.
"""

from __future__ import annotations

import os
import re
import runpy
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed.fsdp
import torch.distributed.optim
import torch.distributed.tensor.parallel
import torch.optim.swa_utils  # noqa: F401  what scripts import is imported once, before the fork

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.rank_judgement import judge_trace
from backtrace.tracefile import open_trace

SCRIPTS = Path(__file__).parent / "scripts"
RANKS = 2
SECONDS = 60
FIX = re.compile(r"^(\s*)# fix: (\s*)", re.M)


@dataclass(frozen=True)
class Expected:
    """What is to be told of a bug: the codes that name it, and what the finding must have."""

    codes: tuple[str, ...]
    rank: str
    parameter: str
    update: int | None


@dataclass(frozen=True)
class RankScript:
    """One script as it is run; `expected` is None where nothing is to be found."""

    name: str
    text: str
    expected: Expected | None


def read_scripts() -> Iterator[RankScript]:
    """Give each bug, its twin, and the correct scripts."""
    for path in sorted((SCRIPTS / "bugs").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield RankScript(path.stem, text, _read_expected(text))
        yield RankScript(f"{path.stem}_fixed", mend(text), None)
    for path in sorted((SCRIPTS / "right").glob("*.py")):
        yield RankScript(f"right_{path.stem}", path.read_text(encoding="utf-8"), None)


def mend(text: str) -> str:
    """Return the script with its bug mended."""
    kept = [line for line in text.splitlines() if not line.endswith("# bug")]
    return FIX.sub(r"\1\2", "\n".join(kept)) + "\n"


def _read_expected(text: str) -> Expected:
    found = re.search(r"^# expect:(.*)$", text, re.M)
    assert found is not None, text[:80]
    words = found[1].split()
    told = dict(word.split("=") for word in words if "=" in word)
    update = told.get("update")
    return Expected(
        tuple(word for word in words if "=" not in word),
        told.get("rank", ""),
        told.get("parameter", ""),
        int(update) if update else None,
    )


def run_ranks(script: RankScript, folder: Path) -> tuple[Path, list[int]]:
    """Run a script by `backtrace run` on all ranks; return its trace and the exit codes.

    Each rank is a fork of this process, in which torch is imported already: it sees what a process
    of torchrun sees. A rank that does not end is killed.
    """
    path = folder / f"{script.name}.py"
    path.write_text(script.text, encoding="utf-8")
    trace = folder / f"{script.name}.trace"
    port = _find_port()
    children = [_fork(rank, port, path, trace) for rank in range(RANKS)]
    return trace, _wait(children)


def judge(trace: Path) -> Diagnosis:
    with open_trace(trace) as opened:  # the first to open it joins what the ranks wrote
        return judge_trace(opened, None, ())[0]


def _fork(rank: int, port: int, script: Path, trace: Path) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        log = os.open(script.with_suffix(f".rank{rank}.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.environ |= {
            "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(RANKS),
            "LOCAL_WORLD_SIZE": str(RANKS), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        }  # fmt: skip
        os.chdir(script.parent)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # not what a test put there
        sys.argv = ["backtrace", "run", "--force", "-o", str(trace), str(script)]
        try:
            runpy.run_module("backtrace", run_name="__main__")
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _wait(children: Sequence[int]) -> list[int]:
    codes: dict[int, int] = {}
    end = time.monotonic() + SECONDS
    while len(codes) < len(children):
        for child in children:
            if child not in codes:
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    codes[child] = os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
        if time.monotonic() > end:
            for child in children:
                if child not in codes:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    codes[child] = -signal.SIGKILL
    return [codes[child] for child in children]


def _find_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
