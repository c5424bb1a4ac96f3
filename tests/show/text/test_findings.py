"""The end of a run as it is drawn, from made-up findings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.cells import cell_len

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding, NotChecked
from backtrace.ledger.trace import Header
from backtrace.show.json.findings import diagnosis_to_dict
from backtrace.show.markdown.findings import findings_to_markdown
from backtrace.show.source_line import SourceLines
from backtrace.show.text.findings import findings_table

NAN = float("nan")
NEVER = Finding(
    "BT101",
    "never-cleared",
    "error",
    "optimizer.step at update 2 read gradients that still hold those of update 1",
    "call optimizer.zero_grad() before each backward",
    2,
    "train.py:14",
    ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"),
    "optimizer",
    {"left from before": 0.5, "read by step": 1.25, "updates": 6},
)
GROWS = Finding(
    "BT502", "exploding-gradients", "warning", "the gradient norm grows 40 times", "lower lr", 5
)


def other(code, severity="warning", update=4, **facts):
    return Finding(
        code, f"name-{code}", severity, f"what {code} saw", f"mend {code}", update, **facts
    )


CHECKED = tuple(f"BT1{n:02}" for n in range(41))
LACKING = (
    NotChecked("BT405", "a", "no DataLoader was seen"),
    NotChecked("BT406", "b", "no DataLoader was seen"),
    NotChecked("BT110", "c", "the run ended in its first epoch"),
)
FULL = Diagnosis(
    findings=(
        NEVER,
        other("BT303", "error", 3),
        other("BT402"),
        other("BT305", where="train.py:30"),
        GROWS,
        other("BT106", "note"),
    ),
    checked=CHECKED,
    not_checked=LACKING,
    muted=(other("BT404"),),
    updates=6,
)
CLEAN = Diagnosis(checked=CHECKED, not_checked=LACKING, updates=6)


def test_a_diagnosis_in_full(draw, golden):
    golden("findings_80.txt", draw(findings_table(FULL), 80))
    golden("findings_80_notes.txt", draw(findings_table(FULL, notes=True), 80))
    golden("findings.md", findings_to_markdown(FULL))


def test_the_source_line_stands_under_the_place_of_a_finding(draw):
    lines = {"train.py:14": "optimizer.step()", "train.py:30": "x" * 500}
    found = Diagnosis((NEVER, other("BT305", where="train.py:30")), updates=6)
    text = draw(findings_table(found, read=lambda where: lines.get(where, "")), 80)
    rows = [line.strip() for line in text.splitlines()]
    place = next(at for at, row in enumerate(rows) if "BT101 never-cleared" in row)
    evidence = next(at for at, row in enumerate(rows) if row.startswith("left from before"))
    assert place < rows.index("optimizer.step()") < evidence
    assert "x…" in text and "x" * 200 not in text.replace("\n", "").replace(" ", "")


def test_a_script_is_read_as_it_ran_and_another_file_if_it_is_still_the_same(tmp_path):
    (tmp_path / "train.py").write_text("changed()\n")
    (tmp_path / "model.py").write_text("forward()\n")
    header = Header("train.py", started="2020-01-01T00:00:00+00:00", script="as_it_ran()\n")
    source = SourceLines(header, (tmp_path,))
    assert source.read("train.py:1") == "as_it_ran()"
    assert source.read("train.py:2") == ""
    assert source.read("model.py:1") == ""  # written after the run began
    later = replace(header, started="2999-01-01T00:00:00+00:00")
    assert SourceLines(later, (tmp_path,)).read("model.py:1") == "forward()"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_it_fits(draw, width):
    for diagnosis in (FULL, CLEAN):
        text = draw(findings_table(diagnosis), width)
        assert max(cell_len(line) for line in text.splitlines()) <= width


def test_a_clean_run_takes_two_lines_whatever_was_not_checked(draw):
    many = tuple(NotChecked(f"BT{n}", "p", f"reason {n} of many words") for n in range(100, 140))
    for diagnosis in (CLEAN, Diagnosis(checked=CHECKED, not_checked=many, updates=6)):
        assert len(draw(findings_table(diagnosis), 80).splitlines()) == 2
    only = draw(findings_table(Diagnosis(checked=CHECKED, updates=1)), 80)
    assert only == "No findings in 1 update. 41 rules checked.\n"


def test_what_was_looked_at_is_never_cut_off(draw):
    far = Diagnosis(checked=CHECKED, updates=400, kept=202)
    told = " ".join(draw(findings_table(far), 60).split())
    assert told.endswith("in detail on 202 of 400 updates, by totals on the others.")


def test_updates_that_were_not_read_are_not_vouched_for(draw):
    every = Diagnosis(checked=CHECKED, updates=16, unread=10)
    told = "No findings in the 6 of 16 updates that were read."
    assert draw(findings_table(every), 80).startswith(told)
    found = diagnosis_to_dict(replace(every, findings=FULL.findings))
    assert " in the 6 of 16 updates that were read, the first at update " in found["verdict"]
    assert (found["updates"], found["unread"]) == (16, 10)


def test_where_nothing_happened_nothing_was_judged(draw):
    nothing = Diagnosis(checked=CHECKED)
    told = "No update was seen: there is nothing to judge."
    assert draw(findings_table(nothing), 80) == f"{told}\n"
    assert diagnosis_to_dict(nothing)["verdict"] == told
    found = replace(nothing, findings=(other("BT484", update=1),))
    assert diagnosis_to_dict(found)["verdict"] == "1 warning, and no update was seen."


def test_notes_are_counted_and_not_shown(draw):
    noted = Diagnosis((other("BT106", "note"),), CHECKED, updates=6)
    text = draw(findings_table(noted), 80)
    assert "what BT106 saw" not in text and "1 note (--notes shows them)" in text
    assert "what BT106 saw" in draw(findings_table(noted, notes=True), 80)
    assert "what BT106 saw" not in findings_to_markdown(noted)


def test_three_are_told_in_full_and_the_rest_in_a_line_each(draw):
    text = draw(findings_table(FULL), 100)
    why, also = text.split("Also")[0], text.split("Also")[1].split("Next")[0]
    for code in ("BT101", "BT303", "BT402"):
        assert f"{code} " in why and code not in also
        assert text.count(f"{code} name") + text.count(f"{code} never") == 1
    assert len(also.strip().splitlines()) == 1 and "train.py:30" in also


def test_what_is_explained_stands_with_its_cause(draw):
    text = draw(findings_table(FULL), 100)
    assert "explains BT502 exploding-gradients (update 5)" in text
    assert GROWS.message not in text


def test_the_numbers_of_the_verdict_add_up(draw):
    assert "2 errors and 3 warnings in 6 updates, the first at update 2." in draw(
        findings_table(FULL), 100
    )
    single = Diagnosis((GROWS,), CHECKED, updates=7)
    assert "1 warning in 7 updates, the first at update 5." in draw(findings_table(single), 100)


def test_a_rule_that_failed_is_named_first_of_what_was_not_checked(draw):
    failed = NotChecked("BT999", "z", "the rule failed: KeyError: 'lr'", has_failed=True)
    lines = draw(findings_table(Diagnosis((NEVER,), (), (*LACKING, failed), updates=2)), 80)
    first = next(line for line in lines.splitlines() if "not checked:" in line)
    assert "KeyError" in first and "BT999" in first


def test_a_verdict_names_the_rules_that_failed(draw):
    failed = NotChecked("BT999", "z", "the rule failed: KeyError: 'lr'", has_failed=True)
    drawn = draw(findings_table(Diagnosis((), CHECKED, (*LACKING, failed), updates=2)), 100)
    assert "No findings in 2 updates. 1 rule failed and could not judge: BT999." in drawn


def test_names_cannot_act_on_a_terminal(draw):
    evil = other("BT106", "error", where="\x1b[2J.py:1", parameters=("\x1b]0;x\x07",))
    for text in (
        draw(findings_table(Diagnosis((evil,))), 80),
        findings_to_markdown(Diagnosis((evil,))),
    ):
        assert "\x1b" not in text and "\x07" not in text


def test_nothing_is_told_by_colour_alone(draw):
    plain = draw(findings_table(FULL), 80)
    assert "error BT101" in plain and "warning BT402" in plain
    assert "\x1b" not in plain and "\x1b" in draw(findings_table(FULL), 80, color=True)


def test_the_document_is_strict_json_with_everything_in_it():
    odd = other("BT501", "error", evidence={"loss": NAN, "norm": float("inf"), "count": 3})
    found = json.loads(
        json.dumps(diagnosis_to_dict(Diagnosis((NEVER, odd, GROWS))), allow_nan=False)
    )
    assert [each["code"] for each in found["findings"]] == ["BT101", "BT501", "BT502"]
    assert found["findings"][0]["explains"] == ["BT502"]
    assert found["findings"][1]["evidence"] == {"loss": "NaN", "norm": "Infinity", "count": 3}
    assert found["findings"][0]["parameters"] == list(NEVER.parameters)
