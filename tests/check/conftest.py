"""Targets of every kind, and `backtrace check` run on them as a user would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_targets import LINEAR

from backtrace.__main__ import run_command_line
from backtrace.check.child import Job, run_job
from backtrace.check.outcome import Outcome
from backtrace.check.targets import find_targets

Result = tuple[int, str]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., Outcome]:
    """Run the linear config with more text behind it, in this process."""

    def run(text: str, limit: int | None = None, **options: object) -> Outcome:
        path = tmp_path / "made.yaml"
        path.write_text(LINEAR + text)
        (target,) = find_targets([str(path)])
        return run_job(Job(target, target.name, limit, **options))

    return run


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run `backtrace check` with these words; return the exit code and what it printed."""

    def run(*words: str, **env: str) -> Result:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["backtrace", "check", *words])
            for name, value in env.items():
                patch.setenv(name, value)
            code = run_command_line()
        out, err = capsys.readouterr()
        return code, out + err

    return run
