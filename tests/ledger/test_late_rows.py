"""What is told of rows before they are made is what the rows say."""

from __future__ import annotations

from math import inf, nan, sqrt

from hypothesis import given
from hypothesis import strategies as st

from backtrace.ledger import column_books
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.books import check, worst, worst_of_many
from backtrace.ledger.column_books import SumColumns, worst_of_columns
from backtrace.ledger.entry_columns import EntryColumns, lines_of
from backtrace.ledger.events import Entry, GradsZeroed, ParameterSeen, Reading


def reading(values: tuple[float, ...], dtype: str = "float32", *, is_kept: bool = True) -> Reading:
    finite = all(abs(each) < inf for each in values)
    return Reading(
        (len(values),), dtype, sqrt(sum(x * x for x in values)) if finite else nan,
        sum(values) / len(values) if finite else nan, min(values), max(values),
        values.count(0.0), 0 if finite else 1, values if is_kept else None,
    )  # fmt: skip


def seen(name: str, value: Reading) -> ParameterSeen:
    return ParameterSeen(
        index=0, elapsed=0.0, name=name, shape=(1,), dtype="float32", device="cpu",
        requires_grad=True, value=value,
    )  # fmt: skip


numbers = st.sampled_from([0.0, 1.0, -2.0, 0.5, 1.0 + 2**-23, 3e38, inf, nan])
finite = st.sampled_from([0.0, 1.0, -2.0, 0.5, 1.0 + 2**-23])


@st.composite
def sums(
    draw: st.DrawFn, *, is_plain: bool = False
) -> tuple[Reading | None, Reading, Reading | None]:
    pairs = st.tuples(*[finite if is_plain else numbers] * 2)
    before, added = draw(pairs), draw(pairs)
    off = draw(st.sampled_from([0.0, 2**-25, 0.0 if is_plain else 1e-3]))
    after = tuple(x + y + off for x, y in zip(before, added, strict=True))
    found = [
        reading(each, draw(st.sampled_from(["float32", "bfloat16"])), is_kept=draw(st.booleans()))
        for each in (before, added, after)
    ]
    if is_plain:
        return found[0], found[1], found[2]
    return (
        draw(st.sampled_from([found[0], None])),
        found[1],
        draw(st.sampled_from([found[2], None])),
    )


@given(st.lists(st.lists(sums(), max_size=3), max_size=4))
def test_of_many_sums_the_worst_is_found_at_once(groups):
    found = [worst(check(one, [added], two) for one, added, two in group) for group in groups]
    assert repr(worst_of_many(groups)) == repr(worst(found))


@given(
    st.lists(
        st.one_of(
            st.lists(st.one_of(sums(), st.none()), min_size=5, max_size=5),
            st.lists(sums(is_plain=True), min_size=5, max_size=5),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["float32", None]),
    st.booleans(),
)
def test_of_columns_of_sums_the_worst_is_that_of_all_groups(found, dtype, is_kept):
    def alike(one):
        if one is None or dtype is None:
            return one
        values = (one.mean, one.mean) if one.values is None else one.values
        return reading(values, dtype, is_kept=is_kept or one.values is None)

    columns = [
        SumColumns(*(tuple(alike(x and x[at]) for x in lines) for at in range(3)))
        for lines in found
    ]
    groups = [
        [
            (each.before[at], added, each.after[at])
            for each in columns
            if (added := each.added[at]) is not None
        ]
        for at in range(5)
    ]
    assert repr(worst_of_columns(columns)) == repr(worst_of_many(groups))


def test_of_plain_columns_each_tensor_is_not_looked_at(monkeypatch):
    looked = []
    monkeypatch.setattr(column_books, "worst_of_many", lambda groups: looked.append(len(groups)))
    few, many = reading((1.0, 2.0)), reading((3.0, 5.0), is_kept=False)
    twice = reading((2.0, 4.0)), reading((6.0, 10.0), is_kept=False)
    columns = SumColumns((few, many, None) * 50, (few, many, None) * 50, (*twice, None) * 50)
    worst_of_columns([columns, columns])
    assert looked == [1]


def test_a_single_element_that_is_off_is_found_among_many():
    one, two = reading((1.0, 2.0)), reading((2.0, 4.0))
    assert worst_of_many([[(one, one, two)]] * 50).is_balanced
    found = worst_of_many([*[[(one, one, two)]] * 50, [(one, one, reading((2.0, 4.001)))]])
    assert not found.is_balanced and abs(found.residual - 0.001) < 1e-9


def test_columns_are_read_as_a_dict_of_entries():
    one, two = reading((1.0,)), reading((2.0,))
    entries = {"a": Entry(one, two, one), "b": Entry(None, one)}
    columns = EntryColumns(("a", "b"), (one, None), (two, one), (one, None))
    assert columns == entries and entries == columns and repr(columns) == repr(entries)
    assert list(columns) == ["a", "b"] and len(columns) == 2 and "b" in columns
    assert "c" not in columns and columns["a"] is columns["a"]
    assert list(lines_of(columns)) == list(lines_of(entries))


def test_columns_are_entered_into_accounts_as_entries_are():
    one, two = reading((1.0,)), reading((2.0,))
    found = []
    for names in (("a", "b"), ("a", "stranger")):
        columns = EntryColumns(names, (one, None), (two, one), (one, None))
        for grads in (columns, dict(columns.items())):
            accounts = Accounts()
            for name in ("a", "b"):
                accounts.take(seen(name, one))
            event = GradsZeroed(index=1, elapsed=0.0, call="", set_to_none=False, grads=grads)
            changes = accounts.take(event)
            told = [(x.state.seen.name, *x[1:]) for x in changes]
            assert len(changes) == len(told)
            found.append((told, [(x.grad, x.value) for x in accounts.of.values()]))
    assert found[0] == found[1] and found[2] == found[3]
    assert len(found[0][0]) == 2 and len(found[2][0]) == 1
