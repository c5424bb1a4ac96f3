"""Calls written as text: what is read, and that nothing is ever evaluated."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtrace.config.calltext import MAX_LENGTH, CallTextError, ParsedCall, parse_call


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("ReLU", ParsedCall("ReLU", [], {})),
        ("ReLU()", ParsedCall("ReLU", [], {})),
        (" MaxPool2d(2) ", ParsedCall("MaxPool2d", [2], {})),
        ("Conv2d(3, 32, 5, padding=2)", ParsedCall("Conv2d", [3, 32, 5], {"padding": 2})),
        ("Conv2d(3, 8, kernel_size=(5, 5))", ParsedCall("Conv2d", [3, 8], {"kernel_size": [5, 5]})),
        ("nn.Linear(1, -1.5e3)", ParsedCall("nn.Linear", [1, -1500.0], {})),
        ("F(True, None, 'a b', [1, [2]])", ParsedCall("F", [True, None, "a b", [1, [2]]], {})),
        ('MSELoss(reduction="sum")', ParsedCall("MSELoss", [], {"reduction": "sum"})),
        ("F('(')", ParsedCall("F", ["("], {})),
        ("F(+1, 1e-3)", ParsedCall("F", [1, 1e-3], {})),
    ],
)
def test_a_call_is_read(text: str, call: ParsedCall) -> None:
    assert parse_call(text) == call


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no call"),
        ("3", "no call"),
        ("Linear(1", "not closed"),
        ("Linear(1))", "no call"),
        ("Linear(1, 1) # x", "no call"),
        ("(Linear)(1)", "no call"),
        ("F(1)(2)", "no call"),
        ("F()[0]()", "no call"),
        ("F(x)", "`x`"),
        ("F(true)", "`true`"),
        ("F(1 + 1)", "`1 + 1`"),
        ("F(2 ** 999999999)", "2 ** 999999999"),
        ("F(g())", "`g()`"),
        ("F({1: 2})", "{1: 2}"),
        ("F(1j)", "1j"),
        ("F(b'x')", "b'x'"),
        ("F(...)", "..."),
        ("F(f'{x}')", "f'{x}'"),
        ("F(-True)", "a sign"),
        ("F(--1)", "a sign"),
        ("F(*[1])", "*[1]"),
        ("F(**{})", "`**`"),
        ("F(a=1, a=2)", "second time"),
        ("F(99999999999999999999)", "64 bits"),
        ("F(" + "9" * 1990 + ")", "64 bits"),
        ("F(" + "[" * 300 + "]" * 300 + ")", "nested"),
        ("F(" + "-" * 1900 + "1)", ""),
        ("F(" + "not " * 400 + "1)", ""),
        ("F(" + "a." * 900 + "a)", ""),
        ("a." * 900 + "b", None),
        ("F" * (MAX_LENGTH + 1), "characters"),
        ("F(\0)", "no call"),
        ("__import__('os').system('x')", "no call"),
        ("lambda: 0", "no call"),
        ("F(lambda: 0)", "lambda"),
        ("F(a := 1)", "a := 1"),
    ],
)
def test_what_is_no_call_is_refused(text: str, words: str | None) -> None:
    if words is None:
        parse_call(text)
        return
    with pytest.raises(CallTextError) as caught:
        parse_call(text)
    assert words in caught.value.found
    assert caught.value.hint


def test_a_lowercase_word_is_explained() -> None:
    with pytest.raises(CallTextError) as caught:
        parse_call("Linear(1, 1, bias=false)")
    assert "did you mean False?" in caught.value.hint


def test_python_warnings_are_not_passed_on() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_call(r"F('\d')").args == [r"\d"]


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
_NAMES = st.from_regex(r"[A-Z][a-z_0-9]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("True", "False", "None")
)


def _brackets(value: Any) -> int:
    return repr(value).count("(") + repr(value).count("[") + repr(value).count("{")


@given(_NAMES, st.lists(_VALUES, max_size=3), st.dictionaries(_NAMES, _VALUES, max_size=3))
def test_what_python_writes_is_read_back(
    name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    if _brackets([args, kwargs]) > 14:
        return
    written = [repr(arg) for arg in args] + [f"{key}={item!r}" for key, item in kwargs.items()]
    assert parse_call(f"{name}({', '.join(written)})") == ParsedCall(name, args, kwargs)


@given(st.text(max_size=40))
def test_any_text_is_a_call_or_an_error(text: str) -> None:
    for written in (text, f"F({text})"):
        try:
            assert isinstance(parse_call(written), ParsedCall)
        except CallTextError as error:
            assert error.found
