"""Our own calls fail, one at a time: a sample of what benchmarks/faults.py tries in full."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from fault_probe import CallCount, Fault, Strike
from faults import MORE, judge, plan, run, run_bare

FAULTS = [
    Fault(("recording/sensors/forwards.py", "ForwardSensor._before", ""), 1, "RecursionError"),
    Fault(("recording/sensors/forwards.py", "ForwardSensor._after", ""), 3, "RuntimeError"),
    Fault(("recording/sensors/rescales.py", "_limit", ""), 1, "database full"),
    Fault(("recording/sensors/receipts.py", "ReceiptWriter._keep", ""), 1, "RuntimeError"),
    Fault(("diagnose/diagnose.py", "diagnose", ""), 1, "KeyError"),
    Fault(("tracefile/write.py", "TraceWriter._write", ""), 2, "disk full"),
    Fault(("driver/driver.py", "Driver.finish", ""), 1, "disk full"),
    Fault(("recording/pace.py", "Pace.forget", ""), 2, "disk full"),
    Fault(("recording/sensors/backwards.py", "_retain_graph", ""), 2, "RuntimeError"),
    Fault(("recording/sensors/dropouts.py", "_find_layer", ""), 1, "MemoryError"),
    Fault(("recording/sensors/open_steps.py", "OpenSteps.count", ""), 2, "MemoryError"),
]


def test_a_training_bears_our_faults(tmp_path):
    bare, path = run_bare(), tmp_path / "a.trace"
    run(path, None)  # what is imported now would be struck otherwise
    clean = run(path, counting := CallCount())
    chance = random.Random(7)
    for fault in [*FAULTS, *chance.sample(plan(counting.counts, chance), 3)]:
        seen = run(path, strike := Strike([fault]))
        assert strike.struck, fault
        assert judge(seen, bare, clean) == "", fault


def test_a_derivative_bears_a_fault_in_what_follows_forwards(tmp_path):
    bare, path = run_bare(MORE), tmp_path / "a.trace"
    clean = run(path, None, MORE)
    fault = Fault(("recording/sensors/drawn_graphs.py", "GraphDrawer._switch", ""), 7, "disk full")
    seen = run(path, strike := Strike([fault]), MORE)
    assert strike.struck
    assert judge(seen, bare, clean) == ""
