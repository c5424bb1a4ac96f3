"""Rules go by code, by the beginning of one, or by pattern; findings are turned off alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from backtrace.diagnose.choose import choose_rules, read_ignored
from backtrace.diagnose.muting import is_muted, read_comment
from backtrace.diagnose.rule import Finding, Rule
from backtrace.errors import UsageError


def rule(code, pattern):
    return Rule(code, pattern, "error", lambda run: iter(()), "")


RULES = {
    one.code: one
    for one in (rule("BT101", "never-cleared"), rule("BT102", "cleared-early"), rule("BT201", "x"))
}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("BT101", ["BT101"]),
        ("bt101", ["BT101"]),
        (" BT1 ", ["BT101", "BT102"]),
        ("BT", ["BT101", "BT102", "BT201"]),
        ("never-cleared", ["BT101"]),
        ("never_cleared", ["BT101"]),
    ],
)
def test_what_a_text_means(text, codes):
    assert [one.code for one in choose_rules(text, RULES)] == codes


@pytest.mark.parametrize(
    ("text", "near"),
    [("BT111", "BT101"), ("never-clear", "never-cleared"), ("BT9", ""), ("", ""), ("B", "")],
)
def test_what_is_no_rule_is_refused_with_the_near_ones(text, near):
    with pytest.raises(UsageError) as refused:
        choose_rules(text, RULES)
    assert near in str(refused.value)
    assert "`backtrace rules` lists them" in str(refused.value)


def test_a_code_with_more_than_one_character_wrong_is_near_to_none():
    with pytest.raises(UsageError) as refused:
        choose_rules("BT999", RULES)
    assert "did you mean" not in str(refused.value)


def test_lists_are_split_and_each_name_is_checked():
    assert read_ignored(["BT101, BT2", "x"], RULES) == ("BT101", "BT2", "x")
    assert read_ignored([], RULES) == ()
    with pytest.raises(UsageError, match="BT9"):
        read_ignored(["BT101,BT9"], RULES)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("optimizer.step()", None),
        ("optimizer.step()  # backtrace: ignore", ()),
        ("optimizer.step()  # backtrace: ignore BT101", ("BT101",)),
        ("optimizer.step()  #backtrace:ignore BT101,BT2", ("BT101", "BT2")),
        ("optimizer.step()  # backtrace: ignore BT101, never-cleared", ("BT101", "never-cleared")),
        ("optimizer.step()  # backtrace: ignore BT101 as in the paper", ("BT101",)),
        ("optimizer.step()  # noqa: E1  # backtrace: ignore BT101  # type: ignore", ("BT101",)),
        ("optimizer.step()  # backtrace: ignored", None),
        ("", None),
    ],
)
def test_what_a_comment_names(line, names):
    assert read_comment("train.py:3", lambda file, number: line) == names


def test_the_line_that_is_read_is_the_finding_s():
    asked = []
    read_comment("C:\\here\\train.py:14", lambda *place: asked.append(place) or "")
    assert asked == [("C:\\here\\train.py", 14)]


@pytest.mark.parametrize("where", ["", "train.py", "train.py:x", ":3"])
def test_a_finding_without_a_place_has_no_comment(where):
    assert read_comment(where, lambda *place: "# backtrace: ignore") is None


FOUND = Finding("BT101", "never-cleared", "error", "m", "f", 2, "train.py:3")


@pytest.mark.parametrize(
    ("ignored", "comment", "muted"),
    [
        ([], "", False),
        (["BT101"], "", True),
        (["BT1"], "", True),
        (["BT102"], "", False),
        (["never-cleared"], "", True),
        ([], "# backtrace: ignore", True),
        ([], "# backtrace: ignore BT101", True),
        ([], "# backtrace: ignore BT102", False),
        ([], "# backtrace: ignore because I say so", False),
    ],
)
def test_a_finding_is_turned_off(ignored, comment, muted):
    assert is_muted(FOUND, ignored, lambda *place: comment) is muted


def test_source_is_read_relative_to_where_one_stands(tmp_path, monkeypatch):
    (tmp_path / "train.py").write_text("a\nb\nc\n")
    monkeypatch.chdir(tmp_path)
    assert not is_muted(FOUND, ())  # what is read of one folder is not taken for another's
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    Path("train.py").write_text("a\nb\nc  # backtrace: ignore BT101\n")
    assert is_muted(FOUND, ())
    assert not is_muted(Finding("BT101", "p", "error", "m", "f", 2, "gone.py:3"), ())
