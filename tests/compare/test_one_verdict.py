"""`compare` of two configs and `diff` of their traces say the same, in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_runs import run_here as backtrace

CONFIG = """\
model: ["Linear(3, 1)"]
loss: {loss}
optimizer: {{type: SGD, lr: {lr}}}
clip: {clip}
data: {{source: random, input: [20, 3], target: [20, 1], batch_size: {rows}}}
loop: {{epochs: 1, seed: {seed}, zero_grad: {zero}, accumulate: {accumulate}}}
"""
USUAL = {"loss": "MSELoss", "lr": 0.05, "clip": "null", "rows": 5, "seed": 0, "zero": "true",
         "accumulate": 1}  # fmt: skip
SAME, OTHER = "a", "b"
CHANGES = {
    "nothing": {},
    "loss": {"loss": "L1Loss"},
    "rate": {"lr": 0.1},
    "clip": {"clip": "{norm: 0.1}"},
    "rows": {"rows": 10},
    "seed": {"seed": 1},
    "zero_grad": {"zero": "false"},
    "accumulate": {"accumulate": 4},
    "accumulate and zero_grad": {"accumulate": 4, "zero": "false"},
    "infinite": {"lr": 1e38},
}


def both(folder: Path, *flags: str) -> tuple[dict[str, object], dict[str, object]]:
    """Return the comparison that each command writes, under one pair of names."""
    for name in (SAME, OTHER):
        done = backtrace("run", f"{name}.yaml", "-o", f"{name}.trace", "--force", cwd=folder)
        assert done.returncode == 0, done.stderr
    more = ("--format", "json", *flags)
    live = backtrace("compare", "a.yaml", "b.yaml", *more, cwd=folder)
    files = backtrace("diff", "a.trace", "b.trace", *more, cwd=folder)
    assert live.returncode == 0 and files.returncode in (0, 1), live.stderr + files.stderr
    (found,) = json.loads(live.stdout)["comparisons"]
    assert files.returncode == (0 if found["is_equal"] else 1)
    text = json.dumps(found).replace(".yaml", ".trace")
    return json.loads(text), json.loads(files.stdout)


def write(folder: Path, **changes: object) -> None:
    (folder / "a.yaml").write_text(CONFIG.format(**USUAL))
    (folder / "b.yaml").write_text(CONFIG.format(**{**USUAL, **changes}))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_live_and_from_files_they_are_the_same(change, tmp_path):
    write(tmp_path, **change)
    live, files = both(tmp_path)
    assert live == files


def test_so_they_are_under_a_tolerance(tmp_path):
    write(tmp_path, lr=0.0501)
    live, files = both(tmp_path, "--rtol", "0.5")
    assert live == files and live["is_equal"] and "not bitwise" in live["verdict"]
    assert live["tolerance"] == {"relative": 0.5, "absolute": 0.0}
    live, files = both(tmp_path)
    assert not live["is_equal"]
