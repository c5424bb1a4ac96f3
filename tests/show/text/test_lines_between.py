"""Lines of a script's run stand under their own calls, apart from bars, with a trend that reads."""

from __future__ import annotations

import io

import pytest
from made_up import update

from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.updates import Call
from backtrace.show.content.balance import judge_books
from backtrace.show.content.call_line import calls_line
from backtrace.show.options import Options
from backtrace.show.text import bars
from backtrace.show.text.brief import BriefView
from backtrace.show.text.summary import summarize_run

A = ("zero_grad", "forward", "backward", "step")
B = ("forward", "forward", *A)


def test_every_line_stands_under_the_calls_that_are_its_own():
    stream = io.StringIO()
    view = BriefView(Options(stream=stream))
    for at, calls in enumerate((A, A, B, A, A), start=1):
        view.take_update(update(calls=calls, index=at))
    lines = [line.strip() for line in stream.getvalue().splitlines()[1:]]
    first, second = calls_line([Call(name) for name in A]), calls_line([Call(n) for n in B])
    kinds = [line if line in (first, second) else line.split()[0] for line in lines]
    assert kinds == [first, "1", "2", second, "3", first, "4", "5"]


@pytest.mark.parametrize(("has_bars", "opening"), [(True, "\n update"), (False, " update")])
def test_a_line_begins_below_a_bar(monkeypatch, has_bars, opening):
    monkeypatch.setattr(bars, "has_bars", lambda: has_bars)
    stream = io.StringIO()
    BriefView(Options(stream=stream)).take_update(update())
    assert stream.getvalue().startswith(opening)


def test_bars_are_seen_without_a_call_of_tqdm():
    tqdm = pytest.importorskip("tqdm")
    assert not bars.has_bars()
    with tqdm.tqdm(total=3, file=io.StringIO()):
        assert bars.has_bars()
    assert not bars.has_bars()


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (4.0, "−20.0 %"), (49.0, "+880.0 %"), (51.0, "×10.2"), (5000.0, "×1000"),
        (5.193e6, "×10⁶"), (5e9, "×10⁹"),
    ],
)  # fmt: skip
def test_a_trend_is_a_factor_where_percents_say_nothing(last, told):
    line = summarize_run([update(loss=5.0, index=1), update(loss=last, index=2)])
    assert f"({told})" in line


def test_forwards_of_an_evaluation_are_told_apart():
    forward, test = Call("forward", "net"), Call("forward", "net", is_eval=True)
    calls = [test, test, forward, Call("backward"), Call("step")]
    assert calls_line(calls) == "forward ×2 (eval) → forward → backward → step"


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (("clip_grad_norm_", "zero_grad", "forward", "backward", "step"), "before + added = after"),
        (("zero_grad", "forward", "backward", "clip_grad_norm_", "step"),
         "before + added, then clip_grad_norm_ = after"),
    ],
)  # fmt: skip
def test_the_books_name_a_clipping_only_where_it_came_after_backward(calls, told):
    assert judge_books(update(calls=calls))[0].equation == told


def met(index, optimizer):
    return ParameterSeen(
        index=index, elapsed=0.0, name=f"w{index}", shape=(1,), dtype="float32", device="cpu",
        requires_grad=True, optimizer=optimizer,
    )  # fmt: skip


def test_the_first_line_says_whose_it_is_where_a_second_optimizer_waits():
    """It did not until the second had stepped, and had a heading of its own."""
    stream = io.StringIO()
    view = BriefView(Options(stream=stream))
    for index, name in enumerate(("optimizer", "other")):
        view.take_event(met(index, name))
    view.take_update(update())
    heading, _, line = stream.getvalue().splitlines()
    assert heading.split()[:2] == ["update", "optimizer"] and line.split()[1] == "optimizer"
