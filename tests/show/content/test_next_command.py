"""The next command is chosen by what was seen, and can be typed as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.rule import Finding
from backtrace.show.content.next_command import SeenUpdates, Shown, next_command


@dataclass
class Judged:
    alarms: list[Finding] = field(default_factory=list)
    updates: int = 1


def found_by(code):
    return load_rules()[code].found("It went wrong.", "Mend it.", 1)


CONFIG, SCRIPT = Shown("config", ("linear",)), Shown("script", ("my train.py",), ("--lr", "1"))


@pytest.mark.parametrize(
    ("shown", "codes", "seen", "told"),
    [
        (CONFIG, [], SeenUpdates(1), "backtrace explain linear"),
        (CONFIG, [], SeenUpdates(4), "backtrace compare linear --accumulate 1"),
        (CONFIG, [], SeenUpdates(1, True), "backtrace run linear --by-term"),
        (CONFIG, ["BT204"], SeenUpdates(1), "backtrace graph linear"),
        (CONFIG, ["BT101"], SeenUpdates(1), "backtrace prove linear"),
        (SCRIPT, [], SeenUpdates(1), "backtrace run -o run.trace 'my train.py' --lr 1"),
        (SCRIPT, ["BT101"], SeenUpdates(1), "backtrace prove 'my train.py' -- --lr 1"),
        (SCRIPT, ["BT476"], SeenUpdates(1), "backtrace rules BT476"),  # no experiment cures it
        (SCRIPT, ["BT476", "BT101"], SeenUpdates(1), "backtrace prove 'my train.py' -- --lr 1"),
        (Shown("script", ("-m", "a.b")), ["BT101"], SeenUpdates(1), "backtrace prove -m a.b"),
        (Shown("script", ("a.py",), (), "a.trace"), [], SeenUpdates(1),
         "backtrace show a.trace --tui"),
        (Shown("trace", ("a.trace",)), [], SeenUpdates(1),
         "backtrace report a.trace -o report.html"),
        (Shown("trace", ("a.trace",)), ["BT101"], SeenUpdates(1), "backtrace rules BT101"),
    ],
)  # fmt: skip
def test_what_to_type_next(shown, codes, seen, told):
    found = next_command(shown, Judged([found_by(code) for code in codes]), seen)
    assert found.partition("  # ")[0] == told


def test_a_script_that_never_stepped_is_to_be_run_alone():
    told = next_command(SCRIPT, Judged(updates=0), SeenUpdates())
    assert told.startswith("python 'my train.py' --lr 1  # ")


def test_why_is_suggested_where_a_trace_has_a_number_that_went_wrong():
    trace, found = Shown("trace", ("run.trace",)), Judged([found_by("BT501")])
    lost, jumped = SeenUpdates(nonfinite="a b.grad"), SeenUpdates(jumped=("fc.weight", 3))
    assert next_command(trace, found, lost).startswith(
        "backtrace why run.trace 'a b.grad' --until first-nonfinite  #"
    )
    kept = Shown("script", ("train.py",), file="run.trace")
    assert next_command(kept, found, jumped).startswith(
        "backtrace why run.trace fc.weight --update 3  #"
    )
    assert "why" not in next_command(kept, Judged([]), jumped)
    assert "why" not in next_command(Shown("script", ("train.py",)), found, lost)
