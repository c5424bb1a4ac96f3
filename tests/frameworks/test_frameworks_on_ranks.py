"""Three frameworks on two ranks: a rank's own learning rate is found, and nothing else."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "ranks"))

from launching import backtrace_command

from backtrace.driver.rank_judgement import judge_trace
from backtrace.show.content.call_line import calls_line
from backtrace.show.text.update_line import books_mark
from backtrace.tracefile import open_trace

pytestmark = pytest.mark.frameworks
SCRIPTS = Path(__file__).parent / "rank_scripts"
NAMES = (
    "accelerate",
    pytest.param("lightning", marks=pytest.mark.whole),
    pytest.param("transformers", marks=pytest.mark.whole),
)


def run(name: str, folder: Path) -> list[str]:
    """Return the codes of what was found; the trace is of both ranks."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed: pip install -e '.[frameworks]'")
    script, trace = SCRIPTS / f"{name}_own_rate.py", folder / "run.trace"
    command = ("run", "--nproc", "2", "-o", str(trace), str(script), "own")
    done = backtrace_command(*command, folder=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    with open_trace(trace) as opened:
        assert [(span.rank, span.end) for span in opened.ranks] == [
            (0, "finished"),
            (1, "finished"),
        ]
        updates = [update for update in opened.updates if update.is_complete]
        assert [books_mark(update) for update in updates] == ["✓"] * 4
        reduced = ["all-reduce", "clip_grad_norm_"]
        seen = [c for c in updates[-1].calls if c.name in ("forward", "backward", *reduced)]
        line = calls_line(seen)
        found, runs = judge_trace(opened, None, ())
    assert [each.count for each in runs] == [4, 4]
    if name != "lightning":  # whose step has the forward inside it
        assert line == "(forward → backward) ×2 → all-reduce → clip_grad_norm_"
    assert "(eval)" not in line
    return [each.code for each in found.alarms]


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_of_its_own_is_all_that_is_found(name, tmp_path):
    assert run(name, tmp_path) == ["BT701"]


@pytest.mark.whole
def test_a_model_that_was_not_prepared_is_told(tmp_path):
    if find_spec("accelerate") is None:
        pytest.skip("accelerate is not installed: pip install -e '.[frameworks]'")
    trace = tmp_path / "run.trace"
    script = SCRIPTS / "accelerate_own_rate.py"
    command = ("run", "--nproc", "2", "-o", str(trace), str(script), "unprepared")
    done = backtrace_command(*command, folder=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    with open_trace(trace) as opened:
        (found,) = judge_trace(opened, None, ())[0].alarms
    assert found.code == "BT702" and "the optimizer and not the model" in found.message
