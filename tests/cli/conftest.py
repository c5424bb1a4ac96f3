"""Commands run in this process, which has paid for torch already, or by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backtrace.__main__ import run_command_line


@dataclass
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one strict JSON document on stdout."""

        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is no JSON")

        return json.loads(self.out, parse_constant=refuse)

    @property
    def lines(self) -> list[Any]:
        """The strict JSON document on each line."""
        return [Result(0, line, "").document for line in self.out.splitlines()]


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Run a command line: `cli("run linear --limit 1")`, or its words one by one."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, **env: str) -> Result:
        if len(words) == 1:
            words = tuple(words[0].split())
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["backtrace", *words])
            for name, value in env.items():
                patch.setenv(name, value)
            code = run_command_line()
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return run


@pytest.fixture
def refused(cli: Cli) -> Callable[..., str]:
    """Run a command line that is a mistake, and return what stderr says of it."""

    def run(*words: str) -> str:
        result = cli(*words)
        assert result.code == 2, result
        assert result.out == ""
        assert "Traceback" not in result.err and 'File "' not in result.err
        assert result.err.strip()
        return " ".join(result.err.replace("│", " ").split())

    return run


def start(*words: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command in a process of its own, with pipes for its output."""
    env = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    known: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, "-m", "backtrace", *words],
        env=env | {"OMP_NUM_THREADS": "1"},
        **known | options,
    )


@pytest.fixture
def alone() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start commands in processes of their own; none of them outlives the test."""
    started = []

    def run(*words: str, **options: Any) -> subprocess.Popen[str]:
        started.append(start(*words, **options))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
