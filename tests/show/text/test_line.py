"""An update on one line: the figures are those of its rows, and every width holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

import backtrace
from backtrace.show.text.update_line import Columns, ZeroStarts, books_mark, is_strange

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def update():
    """One step of w = (3, 4) and of b = 0 with gradients (6, 8) and 1, at a rate of 0.1.

    The gradients' norm is √(36 + 64 + 1) = √101, the change of w is 0.1 · 10 = 1, and 1/5 of w's
    norm; b was zero, so it has no ratio.
    """
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.1)
    with backtrace.record(weight=w, bias=b) as trace:
        ((w * w).sum() + b.sum()).backward()
        optimizer.step()
    return trace.updates[0]


def test_the_figures_are_those_of_the_rows(update):
    index, loss, norm, ratio, name, books, where = Columns(80).line(update).split()
    assert (index, float(loss), name, books) == ("1", 25.0, "weight", "✓")
    assert float(norm) == pytest.approx(101**0.5, rel=1e-4)
    assert float(ratio) == pytest.approx(0.2, rel=1e-4)
    assert "test_line.py:" in where or where.startswith("…")


def test_a_wide_line_names_what_changed_most_and_several_optimizers_theirs(update):
    cells = Columns(140, has_optimizer=True).line(update).split()
    assert cells[1] == "optimizer" and cells[5] == "weight"


def test_what_began_at_zero_is_left_out_for_the_whole_run():
    """w = (3, 4) and b = 0 at a rate of 0.1: in the second step b, then -0.1, changes by all of it.

    w has shrunk by 1 - 0.2 to (2.4, 3.2), so its change is still a fifth of it.
    """
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.1)
    with backtrace.record(weight=w, bias=b) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            ((w * w).sum() + b.sum()).backward()
            optimizer.step()
    second = trace.updates[1]
    zero_starts = ZeroStarts()
    for update in trace.updates:
        zero_starts.take(update)
    assert zero_starts.names == {"bias"}
    assert Columns(140).line(second).split()[3:5] == ["1", "bias"]
    ratio, name = Columns(140).line(second, zero_starts.names).split()[3:5]
    assert (float(ratio), name) == (pytest.approx(0.2, rel=1e-4), "weight")
    assert Columns(140).line(second, {"weight", "bias"}).split()[4] == "bias"


@pytest.mark.parametrize("width", [80, 100, 110, 140])
@pytest.mark.parametrize("has_optimizer", [False, True])
def test_titles_stand_above_their_figures(update, width, has_optimizer):
    columns = Columns(width, has_optimizer)
    heading, line = columns.heading(), columns.line(update)
    assert len(line) <= width
    assert heading.index("loss") + len("loss") == line.index("25") + len("25")
    assert heading.index("books") + len("books") == line.index("✓") + 1


def test_what_is_not_right_is_strange(update):
    row = update.rows["weight"]
    wrong = replace(row, grad_books=replace(row.grad_books, residual=1.0, bound=1e-6))
    unbalanced = replace(update, rows={**update.rows, "weight": wrong})
    assert (books_mark(unbalanced), is_strange(unbalanced)) == ("✗", True)
    assert is_strange(replace(update, loss=float("nan"))) and not is_strange(update)


@pytest.mark.parametrize(("width", "has_optimizer"), [(80, False), (100, False), (100, True)])
def test_what_changed_most_is_named_in_a_narrow_terminal(update, width, has_optimizer):
    """The figure alone does not say which of the parameters it is of."""
    columns = Columns(width, has_optimizer)
    name = columns.line(update).split()[4 + has_optimizer]
    assert name == "weight" and "of" in columns.heading().split()
    assert len(columns.line(update)) <= width


def test_no_name_stands_where_there_is_no_room_for_one(update):
    assert "of" not in Columns(80, has_optimizer=True).heading().split()
    assert "of" not in Columns(60).heading().split()
