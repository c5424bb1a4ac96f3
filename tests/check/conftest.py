"""Targets of every kind, and `backtrace check` run on them as a user would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backtrace.__main__ import run_command_line
from backtrace.check.child import Job, run_job
from backtrace.check.outcome import Outcome
from backtrace.check.targets import find_targets

LINEAR = """\
model: [fc: "Linear(1, 1)"]
init: {fc.weight: [[-0.2505]], fc.bias: [0.9166]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data: {source: values, input: [[1], [2], [3]], target: [[1.5], [2.5], [3.5]]}
"""
NEVER_CLEARED = """\
import torch

torch.manual_seed(0)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(8):
    x, y = torch.randn(4, 3), torch.randn(4, 1)
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
"""
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
