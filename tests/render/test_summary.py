from collections.abc import Callable
from math import nan

from cases import odd
from made_up import linear

from backtrace.render.summary import epoch_table, summarize_run


def test_a_run_in_one_line() -> None:
    updates = [linear(index=1, loss=5.387), linear(index=2), linear(index=3, loss=2.707)]
    assert summarize_run(updates, seconds=3.21) == (
        "3 updates, loss 5.387 → 2.707 (−49.7 %), books balanced (largest residual 0), "
        "2 parameters, 3.2 s"
    )


def test_a_loss_that_stops_being_finite() -> None:
    updates = [linear(index=at, loss=1.0 if at < 17 else nan) for at in range(1, 20)]
    assert "loss 1 → nan, loss is not finite from update 17 on" in summarize_run(updates)


def test_books_that_do_not_balance() -> None:
    text = summarize_run([linear(), odd()])
    assert "books do NOT balance in 1 update (first in update 1, largest residual 6)" in text


def test_optimizers_have_losses_of_their_own() -> None:
    text = summarize_run([linear(optimizer="g", loss=1.0), linear(optimizer="d", loss=2.0)])
    assert "g: loss 1, d: loss 2" in text


def test_nothing_happened() -> None:
    assert summarize_run([]) == "0 updates, books balanced (largest residual 0), 0 parameters"
    assert "loss not seen" in summarize_run([linear(loss=None)])


def test_epochs(draw: Callable[..., str]) -> None:
    text = draw(epoch_table([1.0, 2.0, 3.0, 5.0, None], 2), 60)
    rows = [line.split() for line in text.splitlines()[2:]]
    assert rows == [
        ["1", "2", "3", "1.5"],
        ["2", "2", "8", "4"],
        ["3", "1", "(unfinished)", "–", "–"],
    ]
