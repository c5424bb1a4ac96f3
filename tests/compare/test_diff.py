"""What `diff` says of two runs of which one thing is known to differ."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import torch
from rich.console import Console
from torch import nn

import backtrace
from backtrace.compare.comparison import Comparison
from backtrace.compare.measure import Tolerance
from backtrace.compare.report import full_report
from backtrace.compare.runs import ComparedRun
from backtrace.compare.sentence import describe_outcome
from backtrace.compare.trace_pair import compare_runs
from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program
from backtrace.driver.sources.script import run_script
from backtrace.driver.view import RunPlan, View
from backtrace.errors import UsageError
from backtrace.ledger.trace import Header, Trace

EXACT = Tolerance(0, 0)


def train(updates: int = 3, *, weight: float = 1.0, lr: float = 0.1, disturb: int = 0) -> Trace:
    """Fit y = wx to one point (x = 1, y = 3): the gradient is 2 (w - 3)."""
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(1, 1, bias=False))
    with torch.no_grad():
        model.fc.weight.fill_(weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    with backtrace.record(model, optimizer, digest=True) as trace:
        for update in range(1, updates + 1):
            optimizer.zero_grad()
            loss = ((model(torch.ones(1, 1)) - 3) ** 2).mean()
            (loss * 1.5 if update == disturb else loss).backward()
            optimizer.step()
    return trace


def run(name: str, trace: Trace, header: Header | None = None) -> ComparedRun:
    return ComparedRun(name, trace.updates, header or trace.header)


def hold(base: Trace, other: Trace, tolerance: Tolerance = EXACT) -> Comparison:
    return compare_runs(run("a", base), run("b", other), tolerance, exact=tolerance is EXACT)


def drawn(found: Comparison, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(full_report(found, console))
    return console.file.getvalue()


def test_the_same_training_is_equal():
    found = hold(train(), train())
    assert found.is_equal and not found.settings
    assert describe_outcome(found) == (
        "b and a are bitwise identical in every gradient and value over 3 updates."
    )


def test_the_first_call_that_differs_is_named_with_both_numbers():
    found = hold(train(), train(disturb=2))
    assert not found.is_equal
    place = found.first
    assert (place.update, place.call, place.parameter) == (2, "backward", "fc.weight")
    # w after the first update is 1 + 0.1 * 4 = 1.4, so the gradient is 2 * (1.4 - 3) = -3.2
    assert place.base.values[0] == pytest.approx(-3.2)
    assert place.other.values[0] == pytest.approx(-4.8)
    assert describe_outcome(found).startswith("b parts from a at update 2, backward: .grad")
    assert "-3.2" in drawn(found) and "-4.8" in drawn(found)
    assert found.growth[0] == 0 and found.growth[1] > 0.3


def test_a_tolerance_lets_small_differences_pass():
    base, other = train(1), train(1, weight=1.0 + 2**-20)
    assert not hold(base, other).is_equal
    found = hold(base, other, Tolerance(1e-4, 0))
    assert found.is_equal
    assert "within rtol 0.0001" in describe_outcome(found)


def test_a_run_that_ended_early_is_different():
    found = hold(train(3), train(2))
    assert not found.is_equal
    assert "a has 3 updates and b 2" in describe_outcome(found)


def test_a_parameter_on_one_side_only_is_listed():
    base, other = train(1), train(1)
    update = other.updates[0]
    row = replace(update.rows["fc.weight"], name="new.bias")
    more = replace(update, rows={**update.rows, "new.bias": row})
    found = compare_runs(run("a", base), ComparedRun("b", [more]), EXACT, exact=True)
    assert found.only_other == ("new.bias",) and not found.is_equal
    assert "Only in b: new.bias" in drawn(found)


def test_other_versions_and_settings_come_with_the_difference():
    base, other = train(1), train(1)
    one = replace(base.header, settings={"seed": 0}, config="loop:\n  seed: 0\n")
    two = replace(base.header, settings={"seed": 1}, config="loop:\n  seed: 1\n")
    found = compare_runs(run("a", base, one), run("b", other, two), EXACT, exact=True)
    assert [(f.name, f.base, f.other) for f in found.settings] == [("settings.seed", "0", "1")]
    assert "-  seed: 0" in found.config and "+  seed: 1" in found.config
    assert found.is_equal  # what is not the same did not change the training
    assert "settings.seed" in drawn(found, 80)


def test_what_has_nothing_in_common_cannot_be_compared():
    base, other = train(1), train(1)
    row = replace(other.updates[0].rows["fc.weight"], name="other")
    stranger = replace(other.updates[0], rows={"other": row})
    with pytest.raises(UsageError, match=r"no parameter name in common: fc.weight against other"):
        compare_runs(run("a", base), ComparedRun("b", [stranger]), EXACT, exact=True)
    with pytest.raises(UsageError, match="b holds no finished update"):
        compare_runs(run("a", base), ComparedRun("b", []), EXACT, exact=True)


def test_scripts_differ_by_arguments_experiments_and_lines():
    base = train()
    one = replace(base.header, target="a.py", script="import torch\nlr = 0.1\n")
    two = replace(
        base.header,
        target="b.py",
        script="import torch\nlr = 0.2\n",
        settings={"arguments": "--fast", "experiments": "lr=0.1x"},
    )
    found = compare_runs(run("a", base, one), run("b", base, two), EXACT, exact=True)
    assert [each.describe() for each in found.settings] == [
        "target a.py against b.py",
        "arguments not set against --fast",
        "experiments not set against lr=0.1x",
    ]
    assert {"-lr = 0.1", "+lr = 0.2"} <= set(found.config)


def test_a_script_s_trace_keeps_its_text_and_what_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["backtrace", "run", "t.py", "--fast"])
    script = tmp_path / "t.py"
    script.write_text("x = 1\n")
    told: list[Header] = []

    class Told(View):
        def start(self, plan: RunPlan) -> None:
            told.append(plan.header)

    options = RecordOptions(experiments=("lr=0.1x",))
    run_script(Program(str(script), ("--fast",)), [Told()], options, errors=io.StringIO())
    assert told[0].script == "x = 1\n"
    assert told[0].settings == {"arguments": "--fast", "experiments": "lr=0.1x"}
