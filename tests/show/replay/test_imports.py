"""One update of a trace is shown without what nobody asked for: that is most of its time."""

from __future__ import annotations

import subprocess
import sys

from backtrace.ledger.events import ParameterSeen, StepTaken
from backtrace.ledger.trace import Header
from backtrace.tracefile.write_whole import write_trace


def test_an_update_is_shown_without_rules_or_derivations(tmp_path):
    at = {"elapsed": 0.0}
    seen = ParameterSeen(
        index=0, name="a", shape=(1,), dtype="float32", device="cpu", requires_grad=True, **at
    )
    step = StepTaken(index=1, optimizer="SGD", type="SGD", lr=(0.1,), grads={}, values={}, **at)
    write_trace(tmp_path / "a.trace", Header(), [seen, step])
    code = (
        "import sys; from backtrace.__main__ import run_command_line\n"
        "assert run_command_line() == 0\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "show", str(tmp_path / "a.trace"), "--update", "1"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = done.stdout.splitlines()[-1].split()
    for name in ("diagnose.diagnose", "diagnose.stretch", "explain.derive", "ledger.source_facts"):
        assert f"backtrace.{name}" not in found, name
    assert "backtrace.ledger.events" in found
