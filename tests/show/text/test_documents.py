import json
import re
from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest
from cases import CASES, NASTY, by_term
from made_up import linear, reading

from backtrace.ledger.events import BackwardRan, Entry, LossComputed, ParameterSeen
from backtrace.show.html.html import trace_to_html, update_to_html
from backtrace.show.json.document import event_to_dict, update_to_dict
from backtrace.show.markdown.markdown import code, escape, update_to_markdown


def strict(document: object) -> Any:
    """Write and read a document, and fail on anything that is not JSON."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(json.dumps(document, allow_nan=False), parse_constant=refuse)


@pytest.mark.parametrize("case", CASES)
def test_updates_are_strict_json(case: str) -> None:
    update = CASES[case]()
    document = strict(update_to_dict(update))
    assert list(document["parameters"]) == list(update.rows)
    assert [call["name"] for call in document["calls"]] == [call.name for call in update.calls]


def test_numbers_keep_all_their_digits() -> None:
    document = strict(update_to_dict(linear()))
    bias = document["parameters"]["fc.bias"]
    assert document["loss"] == 5.387224
    assert bias["grad_before"] is None
    assert bias["added"][0]["values"] == [-4.1688]
    assert bias["value_books"]["is_balanced"] is True
    assert document["parameters"]["input"]["change"] is None


def test_what_is_not_finite_is_a_string() -> None:
    rows = strict(update_to_dict(CASES["odd"]()))["parameters"]
    assert rows["a.nan"]["added"][0]["values"] == ["NaN", 1]
    assert rows["a.inf"]["added"][0]["values"] == ["-Infinity", 1]
    assert rows["a.inf"]["change"]["values"] == ["Infinity", -1]
    assert rows["a.nan"]["grad_books"] == {
        "residual": "NaN",
        "bound": 0,
        "per_element": False,
        "is_balanced": None,
    }


def test_events_have_all_their_fields() -> None:
    entry = Entry(None, reading(nan, 1), reading(nan, 1))
    event = BackwardRan(index=3, elapsed=0.5, loss=inf, grads={"w": entry}, terms={"l2": {}})
    document = strict(event_to_dict(event))
    assert next(iter(document)) == "event"
    assert (document["event"], document["loss"]) == ("BackwardRan", "Infinity")
    assert document["grads"]["w"]["before"] is None
    assert document["grads"]["w"]["delta"]["values"] == ["NaN", 1]
    seen = ParameterSeen(
        index=0,
        elapsed=0,
        name="w",
        shape=(2, 3),
        dtype="float32",
        device="cpu",
        requires_grad=True,
    )
    assert strict(event_to_dict(seen))["shape"] == [2, 3]
    loss = LossComputed(index=1, elapsed=0.0, total=1.0, terms={"mse": -inf})
    assert strict(event_to_dict(loss))["terms"] == {"mse": "-Infinity"}


@pytest.mark.parametrize("case", CASES)
def test_markdown(case: str, golden: Callable[[str, str], None]) -> None:
    text = update_to_markdown(CASES[case](), by_term=case == "by-term")
    golden(f"{case}.md", text)
    table = [line for line in text.splitlines() if line.startswith("|")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
    assert len(bars) == 1


def test_markdown_escapes() -> None:
    assert code("a|b") == "`a\\|b`"
    assert code("a`b") == "``a`b``"
    assert escape("<b>*x*") == "\\<b\\>\\*x\\*"


@pytest.mark.parametrize("case", CASES)
def test_html_is_escaped_and_closed(case: str) -> None:
    text = update_to_html(CASES[case](), by_term=case == "by-term")
    assert "<script>" not in text
    for tag in ("div", "table", "tr", "td", "th", "thead", "tbody"):
        assert text.count(f"<{tag}>") + text.count(f"<{tag} ") == text.count(f"</{tag}>")
    assert "books .grad" in text


def test_html_shows_names_literally() -> None:
    text = update_to_html(CASES["nasty"]())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert NASTY[0] in text
    assert "\x1b" not in text
    assert linear()._repr_html_() == update_to_html(linear())


def test_a_trace_as_html_shows_the_first_and_the_last() -> None:
    updates = [linear(index=at) for at in range(1, 101)]
    text = trace_to_html("<b>", updates, limit=10)
    assert "&lt;b&gt;" in text
    assert "… 90 more …" in text
    assert text.count("5.387224") == 10
    assert trace_to_html("empty", [])


def test_terms_are_in_the_document() -> None:
    row = strict(update_to_dict(by_term()))["parameters"]["fc.weight"]
    assert row["terms"]["mse"][0]["values"] == [-0.5, 0.25]
