"""Moving through a trace, without a window: which call, which update, which parameter."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from loops import write_loop

from backtrace.errors import TraceFileError, UsageError
from backtrace.ledger.trace import Header
from backtrace.show.source_line import read_line
from backtrace.show.tui import walk_through
from backtrace.show.tui.walker import Walker
from backtrace.tracefile import open_trace, write_trace

NAMES = ("a.weight", "a.bias", "b.weight")


@pytest.fixture
def walker(tmp_path):
    with open_trace(write_loop(tmp_path / "loop.trace", 12, NAMES)) as trace:
        yield Walker(trace)


def test_calls_follow_each_other_across_updates(walker):
    seen = []
    for _ in range(6):
        seen.append((walker.update.number, walker.call.name))
        assert walker.move(1)
    assert seen == [
        (1, "zero_grad"), (1, "forward"), (1, "backward"), (1, "step"),
        (2, "zero_grad"), (2, "forward"),
    ]  # fmt: skip
    assert walker.move(-3) and (walker.update.number, walker.call.name) == (1, "step")


def test_the_ends_hold(walker):
    assert not walker.move(-1) and walker.at == 0
    walker.go("last")
    assert walker.update.number == 12
    while walker.move(1):
        pass
    assert (walker.update.number, walker.call.name) == (12, "step")


def test_what_each_call_leaves(walker):
    walker.go("3")
    walker.at = 0
    # before update 3 the value fell by 0.5 + 1, and .grad still holds update 2's
    cleared = walker.call
    assert cleared.entries["a.bias"].before.values == (2.0,)
    assert cleared.states["a.bias"].grad is None
    assert cleared.states["a.bias"].value.values == (98.5,)
    assert cleared.changed("a.bias")
    walker.move(1)
    assert not walker.call.entries and not walker.call.changed("a.bias")
    walker.move(1)
    assert walker.call.states["a.bias"].grad.values == (3.0,)
    assert walker.call.states["a.bias"].value.values == (98.5,)
    walker.move(1)
    assert walker.call.states["a.bias"].value.values == (97.0,)


def test_updates_are_reached_at_the_same_call(walker):
    walker.move(2)
    walker.move_updates(4)
    assert (walker.update.number, walker.call.name) == (5, "backward")
    walker.go("-3")
    assert (walker.update.number, walker.call.name) == (2, "backward")
    walker.go("11")
    assert walker.call.states["a.bias"].grad.values == (11.0,)
    with pytest.raises(UsageError, match="no update 40: there are updates 1–12"):
        walker.go("40")
    assert walker.update.number == 11


def test_the_filter_is_a_text_or_a_glob(walker):
    walker.filter = "WEIGHT"
    assert walker.names == ["a.weight", "b.weight"]
    walker.filter = "a.*"
    assert walker.names == ["a.weight", "a.bias"]
    walker.filter = "nothing"
    assert walker.names == [] and walker.line == 0
    walker.choose(3)
    walker.filter = ""
    walker.choose(9)
    assert walker.chosen == "b.weight"


def test_the_next_change_passes_over_calls_that_changed_nothing(walker):
    walker.move(1)  # forward
    assert walker.seek(1) and walker.call.name == "backward"
    assert walker.seek(-1) is False  # the first zero_grad found None
    assert walker.call.name == "backward"


def test_params_limit_what_is_listed(tmp_path):
    with open_trace(write_loop(tmp_path / "loop.trace", 2, NAMES)) as trace:
        assert Walker(trace, params=("b.*",)).names == ["b.weight"]


def test_few_updates_are_held_of_many(tmp_path):
    with open_trace(write_loop(tmp_path / "long.trace", 300)) as trace:
        walker = Walker(trace)
        for _ in range(100):
            walker.move_updates(3)
        assert walker.update.number == 300 and len(walker._held) <= 8
        assert walker.call.states["a.weight"].value is not None


def test_calls_leave_what_the_ledger_says(tmp_path):
    with open_trace(write_loop(tmp_path / "long.trace", 80, NAMES)) as trace:
        walker = Walker(trace)
        for update in trace.updates:
            walker.go(str(update.index))
            last = walker.calls[-1].states
            assert {name: each.value for name, each in last.items()} == {
                name: row.value_after for name, row in update.rows.items()
            }
            assert {name: each.grad for name, each in last.items()} == {
                name: row.grad_after for name, row in update.rows.items()
            }


def test_a_damaged_update_is_not_gone_to(tmp_path):
    path = write_loop(tmp_path / "loop.trace", 12, NAMES)
    with closing(sqlite3.connect(path)) as connection:
        last = connection.execute("SELECT last FROM updates WHERE number = 7").fetchone()[0]
        connection.execute("UPDATE events SET data = 'odd' WHERE id = ?", (last,))
        connection.commit()
    with open_trace(path) as trace:
        walker = Walker(trace, place=4)
        with pytest.raises(TraceFileError, match="is damaged"):
            walker.go("7")
        assert walker.update.number == 5 and walker.call.name == "zero_grad"
        walker.go("2")
        assert walker.update.number == 2


def test_an_empty_trace_is_explained(tmp_path):
    write_trace(tmp_path / "empty.trace", Header(), [])
    with (
        open_trace(tmp_path / "empty.trace") as trace,
        pytest.raises(UsageError, match="no call was recorded"),
    ):
        Walker(trace)


def test_the_line_of_a_call_is_read_beside_the_trace(walker, tmp_path):
    assert read_line(walker.trace, "train.py:4") == "loss.backward()"
    assert read_line(walker.trace, "train.py:99") == ""
    assert read_line(walker.trace, "gone.py:1") == ""
    assert read_line(walker.trace, "loop.trace:1") == ""  # no Python


def test_without_textual_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("backtrace.show.tui.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'torch-backtrace\[tui\]'"):
        walk_through(write_loop(tmp_path / "loop.trace"))
