"""What views do with updates that are made up, whatever they hold."""

from __future__ import annotations

import json

import pytest

from backtrace.driver.view import RunPlan, RunResult
from backtrace.ledger.events import StepTaken
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update
from backtrace.show.options import Options
from backtrace.show.selection import EVERY, FEW, Selection
from backtrace.show.views import make_view

FORMATS = ["table", "json", "jsonl", "md"]


def update(index, *, is_complete=True, loss=1.0):
    return Update(
        index=index,
        optimizer="optimizer[0]",
        type="SGD",
        lr=(0.1,),
        loss=loss,
        terms={},
        calls=(),
        rows={},
        notes=(),
        elapsed=0.0,
        is_complete=is_complete,
    )


@pytest.fixture
def show(capsys):
    def run(name, updates, selection=EVERY, *, interrupted=False, **header):
        view = make_view(name, Options(selection=selection))
        view.start(RunPlan(Header(target="made up", **header)))
        view.take_event(
            StepTaken(
                index=0, elapsed=0.0, optimizer="o", type="SGD", lr=(0.1,), grads={}, values={}
            )
        )
        for each in updates:
            view.take_update(each)
        view.finish(RunResult(1.5, interrupted))
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", FORMATS)
def test_no_update_at_all(show, name):
    assert show(name, [])


def test_an_empty_document_is_a_document(show):
    document = json.loads(show("json", []))
    assert document["updates"] == [] and document["interrupted"] is False


@pytest.mark.parametrize("name", ["table", "md"])
def test_the_last_is_shown_once(show, name):
    text = show(name, [update(n) for n in range(1, 8)], FEW)
    assert [text.count(f"update {n} ") for n in range(1, 8)] == [1, 1, 1, 0, 0, 0, 1]
    text = show(name, [update(n) for n in range(1, 4)], FEW)
    assert [text.count(f"update {n} ") for n in range(1, 4)] == [1, 1, 1]


def test_the_last_is_in_the_document_once(show):
    found = json.loads(show("json", [update(n) for n in range(1, 8)], FEW))["updates"]
    assert [each["index"] for each in found] == [1, 2, 3, 7]


@pytest.mark.parametrize("name", ["table", "md", "json"])
def test_calls_after_the_last_step_are_always_shown(show, name):
    chosen = Selection(((1, 1),))
    text = show(name, [update(1), update(2), update(3, is_complete=False)], chosen)
    assert '"index": 3' in text if name == "json" else "update 3" in text


@pytest.mark.parametrize("name", ["table", "md", "json"])
def test_losses_that_are_not_there_or_not_finite(show, name):
    text = show(name, [update(1, loss=None), update(2, loss=float("nan")), update(3)])
    if name == "json":
        assert [u["loss"] for u in json.loads(text)["updates"]] == [None, "NaN", 1.0]


@pytest.mark.parametrize("name", FORMATS)
def test_made_up_data_is_said(show, name):
    assert "not the real data" in show(name, [update(1)], synthetic="not the real data")


@pytest.mark.parametrize("name", FORMATS)
def test_an_interruption_is_said(show, name):
    assert "interrupted" in show(name, [update(1)], interrupted=True)
