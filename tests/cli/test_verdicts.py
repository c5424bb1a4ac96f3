"""A run ends with its verdict, in every format; what is turned off is not in it."""

from __future__ import annotations

import pytest

NEVER = "run linear --no-zero-grad --updates 1"


def test_a_finding_is_told_under_verdict_why_and_next(cli):
    text = cli(NEVER, COLUMNS="80").out
    end = text[text.index("Verdict") :]
    assert [word for word in ("Verdict", "Why", "Next", "Rules") if word in end] == [
        "Verdict", "Why", "Next", "Rules",
    ]  # fmt: skip
    assert "BT101 never-cleared" in end and "--set loop.zero_grad" in end
    assert all(len(line.rstrip()) <= 80 for line in end.splitlines())


@pytest.mark.parametrize("flag", ["--ignore BT101", "--ignore BT2,BT1", "--ignore never-cleared"])
def test_a_flag_turns_it_off(cli, flag):
    text = cli(f"{NEVER} {flag}", COLUMNS="80").out
    assert "Verdict" not in text
    assert "No findings in 4 updates." in text and "1 finding turned off" in text


def test_so_does_the_config(cli):
    text = cli(f"{NEVER} --set diagnose.ignore=[BT101]").out
    assert "No findings in 4 updates." in text


def test_what_is_no_rule_is_refused(refused):
    told = refused(*NEVER.split(), "--ignore", "BT101,never-clear")
    assert "there is no rule 'never-clear'" in told and "never-cleared" in told


def test_json_has_the_diagnosis(cli):
    found = cli(f"{NEVER} --format json").document["diagnosis"]
    told = {"verdict", "updates", "unread", "census", "findings", "muted", "checked", "not_checked"}
    assert set(found) == told
    assert found["census"]["learned"] == len(found["census"]["tensors"]) == 2
    (finding,) = [each for each in found["findings"] if each["severity"] != "note"]
    assert (finding["code"], finding["update"]) == ("BT101", 2)
    assert finding["evidence"]
    assert found["updates"] == 4 and "BT101" in found["checked"]


def test_the_last_line_of_jsonl_has_it_too(cli):
    assert cli(f"{NEVER} --format jsonl").lines[-1]["diagnosis"]["findings"]


def test_markdown_has_it_under_headings(cli):
    text = cli(f"{NEVER} --format md").out
    assert text.index("### Verdict") < text.index("### Why") < text.index("### Next")
