"""Whoever tells of a loop tells the same: live, from a file, by index, in the report, in the TUI.

`FOLD_EXAMPLES=1000 pytest tests/ledger` tries more programs.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import OFTEN, SELDOM, run

from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.late_rows import brief_columns, worst_books
from backtrace.show.find import find_updates
from backtrace.show.html.report_calls import follow
from backtrace.show.tui.walker import Walker
from backtrace.tracefile import open_trace

EXAMPLES = int(os.environ.get("FOLD_EXAMPLES", "15"))


def check(path, operations, seed):
    """Run a program, and compare all that is told of it."""
    told = run(path, operations, seed)
    with open_trace(path) as trace:
        check_updates(trace, told.updates)
        check_calls(trace, told.updates)
    check_parameters(told)


def check_updates(trace, updates):
    wanted = list(map(repr, updates))
    assert list(map(repr, trace.updates)) == wanted
    assert [repr(trace.updates[place]) for place in range(len(updates))] == wanted
    for update in trace.updates:
        check_brief(update)
    listed = [(each.place, each.number, each.optimizer) for each in trace.outline()]
    assert listed == [(at, each.index, each.optimizer) for at, each in enumerate(updates)]
    for update in updates[-1:]:  # what `show --update` prints
        found = [trace.updates[each.place] for each in find_updates(trace, str(update.index))]
        assert repr(update) in map(repr, found)


def check_brief(update):
    """What is told of an update before its rows are made is what they say."""
    brief, balances = brief_columns(update.rows), worst_books(update)
    rows = list(update.rows.values())
    assert len(update.rows) == len(rows) and [each.name for each in rows] == list(update.rows)
    told = [
        (x.name, x.kind, x.grad_after, x.change, x.change and x.value_before, x.value_after)
        for x in rows
    ]
    assert repr(told) == repr(
        [
            (name, kind, grad, change, change and before, after)
            for name, kind, grad, before, change, after in zip(*brief, strict=True)
        ]
    )
    assert repr(balances) == repr((update.grad_books, update.value_books))


def check_calls(trace, updates):
    """The TUI begins at a snapshot, the report at the trace's beginning; the ledger ran live."""
    steps = [update for update in updates if update.is_complete]
    reported = follow(iter(trace.events), range(len(steps) + 1))
    if not steps:
        return
    walker = Walker(trace)
    for calls in reported:
        walked = walker._calls(calls.place)
        accounts, events = trace.stretch(calls.place)
        started = {name: pair(state) for name, state in accounts.of.items()}
        ended = {state.seen.name: pair(start) for state, start in calls.tensors}
        if not has_seen(events):
            assert ended == started
        assert [call.name for call in calls.calls] == [call.name for call in walked]
        for call, other in zip(calls.calls, walked, strict=True):
            for change in call.changes:
                name = change.state.seen.name
                place = change.account == "value"
                ended[name] = (*ended[name][:place], change.after, *ended[name][place + 1 :])
            if not has_seen(events):
                assert texts(ended) == texts(
                    {name: pair(state) for name, state in other.states.items()}
                )
        last = texts({name: pair(state) for name, state in walked[-1].states.items()})
        if not has_seen(events, after=walked[-1]):
            assert texts(ended) == last
        if calls.place < len(steps):
            check_rows(steps[calls.place], walked, last, events)


def has_seen(events, after=None):
    """Whether a tensor came into view, or has another name, since a call."""
    first = -1 if after is None else after.event.index
    return any(isinstance(event, ParameterSeen) and event.index > first for event in events)


def check_rows(update, walked, last, events):
    """A row ends as the last call left it, and its value was what the call before had left."""
    is_told = len(walked) > 1 and not has_seen(events, after=walked[-2])
    for name, row in update.rows.items():
        assert last[name] == repr((row.grad_after, row.value_after))
        if is_told and name in walked[-1].event.values:
            assert repr(walked[-2].states[name].value) == repr(row.value_before)


def pair(state):
    return state.grad, state.value


def texts(found):
    return {name: repr(each) for name, each in found.items()}


def check_parameters(told):
    """What the books hold at the end is what the model holds."""
    accounts = told.ledger.accounts.of
    for name, parameter in told.program.model.named_parameters():
        if f"{name}#2" in accounts:  # the one before it is still alive, and has the name
            continue
        if name in accounts and accounts[name].value is not None:
            assert accounts[name].value.values == tuple(parameter.flatten().tolist()), name


programs = st.lists(
    st.one_of(st.sampled_from(OFTEN), st.sampled_from(OFTEN), st.sampled_from(SELDOM)),
    min_size=8,
    max_size=24,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("fold") / "program.trace"


@given(operations=programs, seed=st.integers(0, 99))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FOLD_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
def test_all_tell_the_same_of_a_random_program(path, operations, seed):
    check(path, operations, seed)


def sampled(kinds, seed):
    return [random.Random(seed + at * 1000).choice(kinds) for at in range(14)]


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_all_tell_the_same_where_a_layer_is_replaced(path, seed):
    kinds = ["backward", "backward", "step", "step", "zero", "replace", "half_optimizer"]
    check(path, sampled(kinds, seed), seed)


ACCUMULATE = ["backward", "step"] * 2  # no zero_grad: gradients are carried over


@pytest.mark.parametrize(
    "operations",
    [
        [*ACCUMULATE, "replace", *ACCUMULATE, "backward", "step"],
        [*ACCUMULATE, "replace", *ACCUMULATE, "swap", *ACCUMULATE, "swap", *ACCUMULATE],
        [*ACCUMULATE, "replace", "replace", *ACCUMULATE, "swap", "swap", *ACCUMULATE],
        [*ACCUMULATE, "backward", "replace", "step", "backward", "step"],
        [*ACCUMULATE, "replace_and_forget", "only_optimizer", "backward", "step", *ACCUMULATE],
        [*ACCUMULATE, "reshape", *ACCUMULATE],
        [*ACCUMULATE, "input", "input", "step", "input", *ACCUMULATE],
        [*ACCUMULATE, "tie", *ACCUMULATE, "untie", *ACCUMULATE, "freeze", *ACCUMULATE],
        ["raise_in_step", *ACCUMULATE, "raise_in_step", "closure", *ACCUMULATE],
    ],
    ids=lambda operations: "-".join(dict.fromkeys(operations)),
)
def test_all_tell_the_same_of_a_program(path, operations):
    check(path, operations, 0)
