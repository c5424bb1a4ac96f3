"""All rules over a run: sorted, said once, muted where asked, and never taking the run down."""

from __future__ import annotations

import random

import pytest
from made_events import FLOATS, KINDS, make_event
from made_loops import plain_loop

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import diagnose, diagnose_events
from backtrace.diagnose.rule import Rule
from backtrace.diagnose.stretch import Stretch, make_stretch


def rule(code, *verdicts, severity="error"):
    """A rule that gives these, each a dict of a finding's fields, a reason, or an exception."""

    def check(run):
        for verdict in verdicts:
            if isinstance(verdict, Exception):
                raise verdict
            if isinstance(verdict, str):
                yield one.not_checked(verdict)
            else:
                yield one.found(**{"message": "m", "fix": "f", "update": 1, **verdict})

    one = Rule(code, f"pattern-{code}", severity, check, "")
    return one


RUN = [Stretch([])]


def test_the_worst_comes_first_and_then_the_earliest():
    rules = [
        rule("BT101", {"update": 1}, severity="note"),
        rule("BT102", {"update": 5}),
        rule("BT103", {"update": 1}, severity="warning"),
        rule("BT105", {"update": 2}),
        rule("BT104", {"update": 2}),
    ]
    found = diagnose(RUN, rules=rules)
    assert [f.code for f in found.findings] == ["BT104", "BT105", "BT102", "BT103", "BT101"]
    assert [f.code for f in found.alarms] == ["BT104", "BT105", "BT102", "BT103"]
    assert [f.code for f in found.notes] == ["BT101"]


def test_what_two_stretches_show_is_said_once_and_the_earliest_stays():
    def check(run):
        yield one.found("m", "f", 2 if run.is_start else 900, "a.py:1", ("w",), "opt")
        yield one.found("m", "f", 3, "a.py:1", ("b",), "opt")

    one = Rule("BT101", "p", "error", check, "")
    found = diagnose([Stretch([]), Stretch([], is_start=False)], rules=[one])
    assert [(f.update, f.parameters) for f in found.findings] == [(2, ("w",)), (3, ("b",))]


def test_what_another_stretch_shows_elsewhere_is_said_too():
    def check(run):
        yield one.found("m", "f", 2, "a.py:1" if run.is_start else "a.py:7")

    one = Rule("BT101", "p", "error", check, "")
    found = diagnose([Stretch([]), Stretch([], is_start=False)], rules=[one])
    assert [f.where for f in found.findings] == ["a.py:1", "a.py:7"]


def test_a_rule_that_could_judge_once_was_checked():
    def check(run):
        if run.is_start:
            yield one.not_checked("too early")

    one = Rule("BT101", "p", "error", check, "")
    pieces = [Stretch([]), Stretch([], is_start=False)]
    assert diagnose(pieces, rules=[one]).checked == ("BT101",)
    found = diagnose(pieces[:1], rules=[one])
    assert found.checked == () and [n.reason for n in found.not_checked] == ["too early"]


def test_a_rule_that_raises_has_not_judged_and_the_others_have():
    found = diagnose(RUN, rules=[rule("BT101", {}, KeyError("lr")), rule("BT102", {})])
    assert [f.code for f in found.findings] == ["BT101", "BT102"]
    (failed,) = found.not_checked
    assert failed.has_failed and failed.reason == "the rule failed: KeyError: 'lr'"
    assert found.checked == ("BT102",)


def test_what_was_turned_off_is_counted():
    rules = [rule("BT101", {}), rule("BT201", {}), rule("BT202", {})]
    found = diagnose(RUN, rules=rules, ignore=["BT2"])
    assert [f.code for f in found.findings] == ["BT101"]
    assert [f.code for f in found.muted] == ["BT201", "BT202"]


def test_a_comment_turns_it_off(tmp_path):
    file = tmp_path / "train.py"
    file.write_text("step()  # backtrace: ignore BT101\nstep()\n")
    places = [{"where": f"{file}:{line}"} for line in (1, 2)]
    found = diagnose(RUN, rules=[rule("BT101", *places)])
    assert [f.where for f in found.findings] == [f"{file}:2"]
    assert [f.where for f in found.muted] == [f"{file}:1"]


@pytest.mark.parametrize("updates", [0, 3, 1000])
def test_updates_are_counted(updates):
    assert diagnose_events(plain_loop(updates)).updates == updates


def test_a_long_run_is_judged_by_its_beginning_and_its_end():
    found = diagnose_events(plain_loop(1000, clears=False))
    assert [f.update for f in found.findings if f.code == "BT101"] == [2]


def test_no_rule_finds_anything_in_a_plain_loop():
    assert diagnose_events(plain_loop(3)).alarms == ()


def failures(stretch):
    return [n for n in diagnose([stretch]).not_checked if n.has_failed]


def shaken(events, chance):
    """Events of a real order that is no order any more: dropped, turned round, amid others."""
    found = [event for event in events if chance.random() > 0.15]
    for _ in range(chance.randrange(4)):
        at, to = sorted(chance.randrange(len(found) + 1) for _ in range(2))
        found[at:to] = reversed(found[at:to])
    for _ in range(chance.randrange(12)):
        at = chance.randrange(len(found) + 1)
        found.insert(at, make_event(chance.choice(KINDS), 1000 + len(found), chance))
    return found


@pytest.mark.parametrize("seed", [*range(8), 1034, 1539])  # two by which a rule broke down
def test_no_rule_breaks_down_whatever_the_events_are(seed):
    chance = random.Random(seed)
    for _ in range(25):
        names = [f"w{n}" for n in range(chance.randrange(4))]
        losses = {chance.randrange(1, 6): chance.choice(FLOATS) for _ in range(2)}
        events = plain_loop(chance.randrange(7), names=names, losses=losses, clears=seed % 2)
        piece = Stretch(shaken(list(events), chance), is_start=chance.random() > 0.5)
        assert failures(piece) == [], f"in {[type(event).__name__ for event in piece.events]}"


def test_no_rule_breaks_down_in_plain_loops_that_end_in_nothing():
    for losses in ({}, {2: float("nan")}, {1: float("inf"), 3: 0.0}):
        assert failures(make_stretch(plain_loop(5, losses=losses))) == []


def test_rules_have_been_loaded():
    assert "BT101" in load_rules()
