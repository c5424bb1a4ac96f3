"""Our own calls fail, one at a time: a sample of what benchmarks/faults.py tries in full."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from faults import Fault, Probe, judge, plan, run, run_bare

FAULTS = [
    Fault(("recording/sensors/forwards.py", "ForwardSensor._before", ""), 1, "RecursionError"),
    Fault(("recording/sensors/forwards.py", "ForwardSensor._after", ""), 3, "RuntimeError"),
    Fault(("recording/sensors/rescales.py", "_limit", ""), 1, "database full"),
    Fault(("recording/sensors/receipts.py", "ReceiptWriter._keep", ""), 1, "RuntimeError"),
    Fault(("diagnose/diagnose.py", "diagnose", ""), 1, "KeyError"),
    Fault(("tracefile/write.py", "TraceWriter._write", ""), 2, "disk full"),
]


def test_a_training_bears_our_faults(tmp_path):
    bare, path = run_bare(), tmp_path / "a.trace"
    run(path, Probe())  # what is imported now would be struck otherwise
    clean = run(path, counting := Probe())
    chance = random.Random(7)
    for fault in [*FAULTS, *chance.sample(plan(counting.counts, chance), 3)]:
        seen = run(path, probe := Probe(fault))
        assert probe.has_struck, fault
        assert judge(seen, bare, clean) == "", fault
