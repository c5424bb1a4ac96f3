from collections.abc import Callable
from math import nan

from cases import odd
from made_up import linear, reading, row, update
from rich.cells import cell_len

from backtrace.language import using_language
from backtrace.ledger.updates import Scored, Update
from backtrace.show.text.fold import fold_parts
from backtrace.show.text.summary import Tally, epoch_table, summarize_run


def test_a_run_in_one_line() -> None:
    updates = [linear(index=1, loss=5.387), linear(index=2), linear(index=3, loss=2.707)]
    assert summarize_run(updates, seconds=3.21) == (
        "3 updates, loss 5.387 → 2.707 (−49.7 %), books balanced (largest residual 0), "
        "2 parameters, 3.2 s"
    )


def test_a_trend_is_of_a_window_where_batches_differ() -> None:
    losses = [float("nan"), 4.0, 4.2, 9.0, *[3.0] * 8, 0.1, 2.0, 2.2, 8.0]
    text = summarize_run(linear(index=at, loss=loss) for at, loss in enumerate(losses, 1))
    assert text.startswith("16 updates, loss 4.2 → 2.1 (−50.0 %, medians of 4 losses), ")
    long = (linear(index=at, loss=2.0 if at <= 500 else 1.0) for at in range(1, 1001))
    assert "loss 2 → 1 (−50.0 %, medians of 50 losses)" in summarize_run(long)
    few = (linear(index=at, loss=float(at)) for at in range(1, 12))
    assert "loss 1 → 11 (×11)" in summarize_run(few)


def test_losses_that_are_sums_over_more_and_more_rows_are_told_by_the_row() -> None:
    def one(at: int, loss: float, rows: int, reduction: str = "sum") -> Update:
        seen = reading(*[1.0] * rows)
        return linear(index=at, loss=loss, scored=(Scored("mse", seen, seen, loss, reduction),))

    grown = [one(1, 8.0, 4), one(2, 16.0, 16)]
    assert "loss 8 → 16 (summed over 4 rows, later 16: 2 → 1 a row, −50.0 %), " in summarize_run(
        grown
    )
    assert "loss 8 → 16 (+100.0 %), " in summarize_run([one(1, 8.0, 4), one(2, 16.0, 4)])
    mean = [one(1, 8.0, 4, "mean"), one(2, 16.0, 16, "mean")]
    assert "loss 8 → 16 (+100.0 %), " in summarize_run(mean)


def test_a_loss_that_stops_being_finite() -> None:
    updates = [linear(index=at, loss=1.0 if at < 17 else nan) for at in range(1, 20)]
    assert "loss 1 → nan, loss is not finite from update 17 on" in summarize_run(updates)


def test_the_loss_of_an_unfinished_update_is_told_only_where_it_is_not_finite() -> None:
    def run(last: float) -> str:
        first, second = linear(index=1, loss=4.0), linear(index=2, loss=3.0)
        return summarize_run([first, second, linear(index=3, loss=last, is_complete=False)])

    assert "2 updates, loss 4 → 3 (−25.0 %), " in run(0.5)
    assert "loss 4 → nan, loss is not finite from update 3 on" in run(nan)
    alone = summarize_run([linear(index=1, loss=4.0, is_complete=False)])
    assert "0 updates, loss 4, " in alone


def test_books_that_do_not_balance() -> None:
    text = summarize_run([linear(), odd()])
    assert "books do NOT balance in 1 update (first in update 1, largest residual 6)" in text


def test_optimizers_have_updates_and_losses_of_their_own() -> None:
    updates = [linear(index=at, optimizer="g", loss=float(3 - at)) for at in (1, 2)]
    text = summarize_run([*updates, linear(optimizer="d", loss=2.0)])
    assert text.startswith("g: 2 updates, loss 2 → 1 (−50.0 %), d: 1 update, loss 2, books")


def test_an_optimizer_that_stepped_before_keeps_its_name_in_an_update_without_a_step() -> None:
    tally, last = Tally(), linear(index=2, called="optimizer[0]", is_complete=False)
    assert tally.named(last).called == "optimizer[0]"
    tally.take(linear(index=1, called="self.opt"))
    assert tally.named(last).called == "self.opt"


def test_of_many_optimizers_those_are_told_that_did_most() -> None:
    short = [linear(optimizer=f"inner[{at}]", loss=1.0) for at in range(400)]
    short[7] = linear(optimizer="inner[7]", loss=nan)
    text = summarize_run([*short, *(linear(index=at, optimizer="meta") for at in (1, 2))])
    assert "meta: 2 updates" in text and "inner[7]: 1 update, loss nan" in text
    assert text.count("inner[") == 7 and "393 of 401 optimizers not shown, books" in text


def test_updates_that_were_not_read() -> None:
    text = summarize_run([linear(index=1, loss=2.0), linear(index=4, loss=3.0)])
    assert text.startswith("2 updates read, loss 2 → 3 (+50.0 %)")


def test_a_loss_below_zero_has_no_share() -> None:
    for first, last in ((0.5, -0.25), (-0.5, -0.25), (-0.5, 0.5)):
        text = summarize_run([linear(index=1, loss=first), linear(index=2, loss=last)])
        assert f"loss {first} → {last}, books" in text


def test_tensors_that_are_no_parameters() -> None:
    image = row("image", reading(1.0), kind="tensor")
    assert summarize_run([update(image)]).endswith(", 1 tensor")
    both = summarize_run([update(row("weight", reading(1.0)), image)])
    assert both.endswith(", 1 parameter, 1 tensor")


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


def test_no_line_that_is_folded_is_wider_than_the_terminal() -> None:
    line = "4 次更新，账目平衡（最大残差 4.8e-07），2 个参数，551 ms"
    with using_language("zh"):
        for width in range(30, 60):
            assert all(cell_len(row) <= width for row in fold_parts(line, width).split("\n"))
    assert fold_parts("4 updates, 2 parameters, 551 ms", 24) == "4 updates, 2 parameters,\n551 ms"
