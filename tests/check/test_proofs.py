"""`check --prove`: each target that has findings is proved, with what it was checked with."""

from __future__ import annotations

import io
from typing import Any

import pytest
from command_runs import run_here
from rich.console import Console

from backtrace.check import proofs
from backtrace.check.outcome import Outcome
from backtrace.check.targets import find_targets
from backtrace.compare.proof import CureTrial, Proof
from backtrace.compare.prove import ProveOptions
from backtrace.compare.trace_child import TraceRequest
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.errors import ScriptError


def finding(code: str) -> Finding:
    return Finding(
        code, "never-cleared", "error", f"{code} is there", fix="", update=2, where="a.py:1"
    )


def test_what_was_found_is_proved_and_what_is_accepted_is_not(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("import torch\n", encoding="utf-8")
    asked: list[tuple[str, TraceRequest, ProveOptions]] = []

    def prove(name: str, request: TraceRequest, options: ProveOptions) -> Proof:
        asked.append((name, request, options))
        if name == "linear":
            raise ScriptError("it is broken now")
        trial = CureTrial(("zero_grad",), (finding("BT101"),), times=3, said="cleared 3 times")
        return Proof(name, 4, [finding("BT101")], [trial], 0.0, True)

    monkeypatch.setattr(proofs, "prove", prove)
    targets = find_targets(["a.py --fast", "linear", "digits"])
    alarms = Diagnosis(findings=(finding("BT101"),))
    outcomes = [
        Outcome("a.py --fast", "a.py", diagnosis=alarms, accepted=(finding("BT205"),)),
        Outcome("linear", "linear.yaml", diagnosis=alarms, remark="made-up data: it is not here"),
        Outcome("digits", "digits.yaml"),
    ]
    stream = io.StringIO()
    options: Any = ProveOptions(("BT9",), parallel=3, timeout=5)
    proofs.print_proofs(Console(file=stream), targets, outcomes, options, None)
    (script, config) = asked
    assert script[1].arguments == ("--fast",) and script[1].limit == 100
    assert set(script[2].ignore) == {"BT9", "BT205"} and script[2].parallel == 3
    assert config[1].is_config and config[1].overrides == (("data.synthetic", "true"),)
    assert (
        "With --zero-grad: cleared 3 times.\n   ✓ The finding is gone." in capsys.readouterr().out
    )
    assert "could not be run again: it is broken now" in stream.getvalue()


@pytest.mark.parametrize("words", ["check --prove --nproc 2 linear"])
def test_it_is_of_one_process(tmp_path, words):
    done = run_here(*words.split(), cwd=tmp_path)
    assert done.returncode == 2 and "--prove runs on one process" in done.stderr
