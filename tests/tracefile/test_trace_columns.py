"""Entries and readings come back a column at a time, and are what they were."""

from __future__ import annotations

import sys
from math import nan
from pathlib import Path

import pytest

from backtrace.ledger.events import Reading
from backtrace.tracefile import decode, open_trace
from backtrace.tracefile.columns import from_columns, read_readings, to_columns
from backtrace.tracefile.entry_texts import EntryLayouts, EntryTexts, ids_of

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from wide_trace import write_wide


def test_columns_that_recur_are_made_once(tmp_path, monkeypatch):
    write_wide(tmp_path / "wide.trace", parameters=5, updates=20)
    made = []

    def note(text, count):
        made.append(text)
        return ids_of(text, count)

    monkeypatch.setattr(decode, "ids_of", note)
    with open_trace(tmp_path / "wide.trace") as trace:
        count = sum(1 for event in trace.events if hasattr(event, "grads"))
    assert count == 60
    # A backward's, and what a step found and left: what is cleared is what the backward left.
    assert len(made) < 60 and len({*made}) == len(made)


def test_ids_are_those_of_the_column():
    assert ids_of("7,,12", 3) == (7, None, 12)
    assert ids_of(",,", 3) == (None,) * 3
    assert ids_of("", 1) == (None,)
    assert ids_of("4", 1) == (4,)
    for damaged, count in (("1,2", 3), ("1,x", 2), ("1,2.5", 2), ("", 2)):
        with pytest.raises(ValueError):
            ids_of(damaged, count)


def test_entries_of_a_slot_that_comes_twice_are_two_runs():
    layouts = EntryLayouts(lambda ids: [f"p{id}" for id in ids])
    found = layouts.runs(EntryTexts(5, "1,1,2,1,1", "3,4,3,3,3", "", "", ""))
    assert [(x.slot, x.begin, x.end, x.names, x.is_unique) for x in found] == [
        (1, 0, 2, ("p3", "p4"), True), (2, 2, 3, ("p3",), True), (1, 3, 5, ("p3", "p3"), False),
    ]  # fmt: skip


READINGS = [
    Reading((2,), "float32", 5.0, 3.5, 3.0, 4.0, 0, 0, (3.0, 4.0)),
    Reading((2,), "float32", 0.0, -0.0, -0.0, 0.0, 2, 0, (-0.0, 0.0)),
    Reading((2,), "float32", nan, nan, nan, nan, 0, 1, (nan, 1.0)),
    Reading((900,), "bfloat16", 3e9, -1e-9, -3e9, 2.0, 2**70, 0, None, "abc"),
    Reading((), "float64", 1e300, 1e300, 1e300, 1e300, 0, 0, (1e300,)),
]


@pytest.mark.parametrize("some", [READINGS, READINGS[:1], READINGS[4:], READINGS[1:4], []])
def test_readings_are_made_of_columns_as_of_rows(some):
    tensors = {id: ("p", each.shape, each.dtype) for id, each in enumerate(some)}
    rows, wanted = [], []
    for id, each in enumerate([*some, *some]):
        brief, details = to_columns(each)
        is_thin = id >= len(some)
        id_of = None if is_thin else id
        rest = (None,) * 7 if is_thin else details
        rows.append((id, id % len(some), *brief, id_of, *rest))
        if is_thin and brief[1] is None:
            rows.pop()
            continue
        found = from_columns(each.shape, each.dtype, brief, None if is_thin else details)
        wanted.append((id, found))
    assert sorted(map(repr, read_readings(rows, tensors))) == sorted(map(repr, wanted))
    assert {repr(x) for _, x in read_readings(rows, tensors)} >= set(map(repr, some))


def test_odd_columns_are_refused():
    for at, odd in ((2, "x"), (3, 1.5), (6, b""), (9, 5), (10, "text"), (10, b"123")):
        row = [1, 0, 1.0, 0, 0, 1, 1.0, 1.0, 1.0, 4, b"\0\0\x80?", None, None]
        assert len(list(read_readings([row], {0: ("p", (1,), "float32")}))) == 1
        row[at] = odd
        with pytest.raises(ValueError):
            list(read_readings([row], {0: ("p", (1,), "float32")}))
