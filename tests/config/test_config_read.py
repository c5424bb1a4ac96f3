"""YAML as text: places, plain values, and everything that is refused before it is a value."""

from __future__ import annotations

import math
import time

import pytest
from config_examples import SMALL, VALUES, place, problems_of

from backtrace.config.read import MAX_CHARACTERS, read_tree
from backtrace.config.scalars import resolve_plain
from backtrace.config.tree import UnreadableError, place_at


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("1e5", 1e5),
        ("-2.5E+2", -250.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b11", 3),
        ("-7", -7),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("yes", True),
        ("Off", False),
        ("~", None),
        ("", None),
        ("NULL", None),
        ("017", "017"),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("nan", "nan"),
        ("e5", "e5"),
        ("0x", "0x"),
        ("1e", "1e"),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_unquoted_text_stands_for(text: str, value: object) -> None:
    found = resolve_plain(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_read() -> None:
    found = resolve_plain(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    "text", ["9223372036854775808", "-" + "9" * 30, "1" * 5000, "0x" + "f" * 99]
)
def test_integers_beyond_64_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        resolve_plain(text)


def test_a_tree_knows_its_places() -> None:
    root, flaws = read_tree("a: 1\nb:\n  - x\n  - {c: 2}\n")
    assert not flaws
    assert root.plain() == {"a": 1, "b": ["x", {"c": 2}]}
    assert root.children["b"].place == (2, 1)
    second = root.children["b"].node.children["1"]
    assert second.place == (4, 5)
    assert second.node.children["c"].place == (4, 6)


def test_quoted_text_stays_text() -> None:
    root, _ = read_tree("a: '1'\nb: \"yes\"\n'on': |\n  x\n")
    assert root.plain() == {"a": "1", "b": "yes", "on": "x\n"}


def test_aliases_and_merges_are_followed() -> None:
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [*a, {z: 4}]}\n"
    plain = read_tree(text)[0].plain()
    assert plain["b"] == {"x": 1, "y": 2}
    assert plain["c"] == {"x": 1, "y": 3}
    assert plain["d"] == {"x": 1, "y": 2, "z": 4}
    assert plain["a"] is not plain["b"], "what is put into one must not show in the other"


def test_a_key_given_twice_names_both_lines() -> None:
    (problem,) = problems_of(SMALL + "loop: {epochs: 1}\nloop: {epochs: 2}\n")
    assert place(problem) == (6, 1)
    assert problem.key == "loop"
    assert "line 5" in problem.hint


@pytest.mark.parametrize("key", ["on", "off", "yes", "No", "3", "1.5", "~", "null", "1e5"])
def test_a_key_that_is_no_text_is_refused(key: str) -> None:
    (problem,) = problems_of(SMALL + f"{key}: 1\n")
    assert place(problem) == (5, 1)
    assert "quotes" in problem.hint


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)
MERGES = "a: &a {" + ", ".join(f"k{at}: 1" for at in range(2000)) + "}\nb:\n" + "  <<: *a\n" * 2000

REFUSED = {
    "alias bomb": (BOMB, "more than 200000 values"),
    "merge bomb": (MERGES, "merged"),
    "alias in itself": ("a: &a [*a]\n", "inside what it stands for"),
    "alias of nothing": ("a: *b\n", "alias"),
    "merge of a number": ("a: {<<: 3}\n", "`<<`"),
    "flow nesting": ("a: " + "[" * 100_000, "levels of nesting"),
    "block nesting": ("\n".join(" " * at + "a:" for at in range(200)), "levels of nesting"),
    "compact nesting": ("- " * 5000, "levels of nesting"),
    "nesting by aliases": (
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 99)),
        "levels of nesting",
    ),
    "length": ("#" * (MAX_CHARACTERS + 1), "bytes"),
    "empty": ("", "nothing in it"),
    "comments": ("# x\n\n", "nothing in it"),
    "null": ("~", "nothing in it"),
    "a list": ("- 1\n", "a list of 1"),
    "a text": ("hello", 'the text "hello"'),
    "two documents": (SMALL + "---\n" + SMALL, "a second document"),
    "python tag": ("a: !!python/object/apply:os.system [x]\n", "the tag `!!python"),
    "own tag": ("a: !x 1\n", "the tag `!x`"),
    "standard tag": ("a: !!float 1\n", "the tag"),
    "complex key": ("? [a]\n: 1\n", "as a key"),
    "tab": ("model:\n\t- a\n", "a tab"),
    "NUL": ("a: \0", "control character 0x00"),
    "bell": ("a: \7", "control character 0x07"),
    "not UTF-8": (b"a: b\nc: \xff", "byte 0xff"),
    "UTF-16": (SMALL.encode("utf-16"), "not UTF-8"),
    "half a pair": ('a: "\\ud800"\n', "surrogate"),
    "no character": ('a: "\\UFFFFFFFF"\n', "escape"),
    "huge version": ("%YAML 1." + "1" * 5000 + "\n---\na: 1\n", ""),
    "unclosed quote": ('a: "b\n', "quote"),
    "unclosed list": ("a: [1, 2\nb: 3\n", "not closed"),
    "colons": ("a: b: c\n", "`:`"),
    "indentation": ("a:\n  - 1\n - 2\n", "indentation"),
    "at sign": ("a: @b\n", "cannot begin"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_where(name: str) -> None:
    text, why = REFUSED[name]
    start = time.perf_counter()
    problems = problems_of(text)
    assert any(why in problem.found for problem in problems), problems
    assert all(place(problem) >= (1, 1) for problem in problems)
    assert time.perf_counter() - start < 5


def test_places_of_bad_bytes() -> None:
    (problem,) = problems_of(b"a: b\nc: \xff")
    assert place(problem) == (2, 4)


def test_a_byte_order_mark_is_fine() -> None:
    assert not problems_of(b"\xef\xbb\xbf" + SMALL.encode())
    assert not problems_of(VALUES.replace("\n", "\r\n"))


def test_terminal_escapes_are_not_replayed() -> None:
    problems = problems_of(SMALL + '"\\e[2J": 1\n')
    assert problems
    assert all("\x1b" not in str(problem) for problem in problems)


def test_flaws_read_past_come_with_the_fatal_one() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_tree("a: 1\na: 2\nb: [\n")
    assert [flaw.place and flaw.place.line for flaw in caught.value.flaws] == [2, 4]


def test_place_at() -> None:
    assert place_at("ab\ncd", 0) == (1, 1)
    assert place_at("ab\ncd", 4) == (2, 2)
