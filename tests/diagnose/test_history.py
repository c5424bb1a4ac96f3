"""A long run is remembered in part: its beginning, its end, and the moment it fell."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace

import pytest
from made_loops import Writer, plain_loop, scalar

from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.history import History
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.events import BackwardRan, Entry, GradsZeroed, ParameterSeen, StepTaken
from backtrace.ledger.facts import OptimizerSeen, StepsPassed
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.layer_facts import BlockRepeated
from backtrace.show.content.diagnosis import checked_text

NAN = float("nan")


def remember(events, **limits):
    history = History(**limits)
    for event in events:
        history.take(event)
    return history.stretches()


def numbers(stretch):
    return [update.index for update in stretch.updates_of("opt")]


@pytest.mark.parametrize("updates", [0, 1, 5, 10, 11, 19, 20])
def test_a_short_run_is_one_stretch_and_nothing_is_lost(updates):
    events = list(plain_loop(updates))
    (only,) = remember(events, full=10)
    assert list(only.events) == events
    assert only.is_start and only.passed == {}


def test_of_a_long_run_the_beginning_and_the_end_are_kept():
    first, last = remember(plain_loop(1000), full=10)
    assert numbers(first) == list(range(1, 11))
    assert numbers(last) == list(range(991, 1001))
    assert (first.is_start, last.is_start) == (True, False)
    assert last.passed == {"opt": 990}


def test_numbers_in_the_last_stretch_are_those_of_the_run():
    last = remember(plain_loop(1000), full=10)[-1]
    step = last.steps[0]
    assert last.update_at(step) == 991
    for windows in (last.windows, last.windows_of("opt")):
        assert [window.number for window in windows] == list(range(991, 1001))


def test_what_is_written_once_is_kept_with_the_number_of_its_update():
    events = list(plain_loop(1000))
    place = next(n for n, e in enumerate(events) if isinstance(e, StepTaken) and e.index > 2000)
    taken = sum(isinstance(event, StepTaken) for event in events[:place])
    fact = BlockRepeated(
        index=events[place].index - 1, elapsed=0.0, container="body", type="Block", count=3
    )
    events[place - 1] = fact
    last = remember(events, full=10)[-1]
    (kept,) = last.of(BlockRepeated)
    assert last.passed["opt"] > taken + 1
    assert last.update_at(kept) == last.update_at(kept, "opt") == taken + 1
    assert [each.update for each in diagnose([last]).findings if each.code == "BT219"] == [
        taken + 1
    ]


def test_the_last_stretch_knows_where_an_optimizer_was_made():
    events = list(plain_loop(1000))
    made = next(event for event in events if isinstance(event, OptimizerSeen))
    at = next(n for n, e in enumerate(events) if e.index > 2000 and isinstance(e, StepTaken))
    events[0:0] = [replace(made, index=-1, where="train.py:1")]
    events.insert(at, replace(made, index=events[at].index, where="train.py:30"))
    (seen,) = remember(events, full=10)[-1].of(OptimizerSeen)
    assert seen.where == "train.py:1"


def test_the_last_stretch_opens_with_what_was_last_written():
    last = remember(plain_loop(1000), full=10)[-1]
    (seen,) = [event for event in last.events if isinstance(event, ParameterSeen)]
    assert seen.value.values[0] == pytest.approx(1.0 - 0.1 * 990)
    assert set(last.optimizers) == {"opt"}
    row = last.updates[0].rows["w"]
    assert row.value_before.values[0] == pytest.approx(1.0 - 0.1 * 990)
    assert all(update.value_books.is_balanced for update in last.updates)


def test_what_was_unfrozen_in_the_middle_is_remembered():
    events = list(plain_loop(1000))
    at = next(place for place, event in enumerate(events) if isinstance(event, ParameterSeen))
    seen = events[at]
    middle = len(events) // 2
    unfrozen = replace(seen, index=events[middle].index)
    events = [*events[:at], replace(seen, requires_grad=False), *events[at + 1 : middle],
              unfrozen, *events[middle:]]  # fmt: skip
    last = remember(events, full=10)[-1]
    found = [event.requires_grad for event in last.events if isinstance(event, ParameterSeen)]
    assert found == [False, True]


def test_the_updates_around_a_fall_are_kept_for_good():
    first, fall, last = remember(plain_loop(1000, losses={500: NAN}), full=10)
    assert numbers(first) == list(range(1, 11))
    assert {499, 500, 501} <= set(numbers(fall)) and len(numbers(fall)) == 10
    assert numbers(last) == list(range(991, 1001))
    assert not fall.is_start


def test_only_the_first_fall_is_kept():
    losses = dict.fromkeys(range(500, 1001), NAN)
    assert len(remember(plain_loop(1000, losses=losses), full=10)) == 3


def test_a_fall_at_the_beginning_or_at_the_end_needs_no_place_of_its_own():
    assert len(remember(plain_loop(1000, losses={5: NAN}), full=10)) == 2
    _, last = remember(plain_loop(1000, losses={999: NAN}), full=10)
    assert 999 in numbers(last)


def test_the_windows_shrink_where_updates_are_large():
    names = [f"w{n}" for n in range(100)]
    first, last = remember(plain_loop(200, names=names), entries=4_000)
    assert 4 <= len(numbers(first)) < 20
    assert 4 <= len(numbers(last)) < 20
    assert numbers(last)[-1] == 200


def size_after(updates):
    names = [f"w{n}" for n in range(5)]
    tracemalloc.start()
    history = History(full=10)
    for event in plain_loop(updates, names=names):
        history.take(event)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size


def test_two_thousand_updates_take_no_more_room_than_thirty():
    size_after(30)  # what is made once, whatever comes, is not counted
    assert size_after(2000) < 1.1 * size_after(30)


def test_a_loop_that_never_steps_is_bounded_too():
    events = [e for e in plain_loop(5000) if not isinstance(e, StepTaken)]
    stretches = remember(events, entries=100)
    assert sum(len(stretch.events) for stretch in stretches) < 600


def test_steps_that_were_not_read_are_counted():
    write = Writer()
    events = []
    for event in plain_loop(100):
        events.append(event)
        if isinstance(event, StepTaken):
            events.append(write(StepsPassed, optimizer="opt", count=9))
    last = remember(events, full=10)[-1]
    assert numbers(last)[0] == 901


def test_a_line_that_an_earlier_stretch_tells_is_known_in_a_later_one():
    write = Writer()
    events = []
    for number, event in enumerate(plain_loop(100)):
        lines = {"masked": "train.py:9"} if number < 4 else {}
        if isinstance(event, BackwardRan):
            events.append(write(GraphSeen, where="train.py:20", lines=lines))
        events.append(event)
    first, last = remember(events, full=10)
    graph = next(last.of(GraphSeen))
    assert (first.lines, line_of(last, graph, "masked")) == ({}, "train.py:9")
    assert line_of(last, graph, "steep") == "train.py:20"


def renamed(event, name):
    """The event as if `w` were called otherwise."""
    if isinstance(event, StepTaken):
        return replace(event, values={name: event.values["w"]}, grads={name: event.grads["w"]})
    if isinstance(event, GradsZeroed | BackwardRan):
        return replace(event, grads={name: event.grads["w"]})
    return event


def test_a_tensor_that_has_another_name_now_is_not_remembered_twice():
    seen, *events = plain_loop(300)
    again = replace(seen, index=61, name="v", formerly="w", value=None)
    later = [renamed(event, "v") for event in events[61:]]
    last = remember([seen, *events[:61], again, *later], full=10)[-1]
    assert set(last.parameters) == {"v"}
    assert last.parameters["v"].value.values[0] == pytest.approx(1.0 - 0.1 * 290)
    assert numbers(last) == list(range(291, 301))


def test_a_tensor_that_is_written_again_keeps_its_value():
    seen, *events = plain_loop(300)
    again = replace(seen, index=10_000, requires_grad=False, value=None)
    (*_, last) = remember([seen, *events[:870], again, *events[870:]], full=10)
    assert last.parameters["w"].value.values[0] == pytest.approx(1.0 - 0.1 * 290)


def two_optimizers(updates):
    """One backward fills both `a` and `b`; then both optimizers step."""
    write = Writer()
    for name in ("a", "b"):
        yield write(
            ParameterSeen, name=name, shape=(1,), dtype="float32", device="cpu",
            requires_grad=True, optimizer=f"opt_{name}", value=scalar(1.0),
        )  # fmt: skip
    one = scalar(1.0)
    for _ in range(updates):
        names = ("a", "b")
        cleared = {name: Entry(one, None) for name in names}
        yield write(GradsZeroed, call="model.zero_grad", set_to_none=True, grads=cleared)
        added = {name: Entry(None, one, one) for name in names}
        yield write(BackwardRan, loss=1.0, grads=added)
        for name in names:
            yield write(
                StepTaken, optimizer=f"opt_{name}", type="SGD", lr=(0.1,), grads={name: one},
                values={name: Entry(one, one, scalar(0.0))},
            )  # fmt: skip


@pytest.mark.parametrize("full", [9, 10, 11])
def test_no_stretch_begins_between_a_backward_and_its_step(full):
    last = remember(two_optimizers(100), full=full)[-1]
    assert not last.is_start
    for update in last.updates:
        row = update.rows[update.optimizer.removeprefix("opt_")]
        assert any(row.added), f"update {update.index} of {update.optimizer} lacks its backward"


def test_whether_facts_were_recorded_is_known_of_every_stretch():
    assert all(s.has_facts for s in remember(plain_loop(100), full=10))
    bare = [e for e in plain_loop(100) if not isinstance(e, OptimizerSeen)]
    assert not any(s.has_facts for s in remember(bare, full=10))
    assert make_stretch(plain_loop(3)).has_facts


def test_how_much_of_a_long_run_was_judged_in_detail_is_said():
    long, short = (diagnose(remember(plain_loop(n), full=10), rules=[]) for n in (1000, 12))
    assert (long.updates, long.kept, short.kept) == (1000, 20, None)
    assert "in detail on 20 of 1000 updates, by totals on the others" in checked_text(long)
    assert "in detail" not in checked_text(short)


def later_training(updates, begun_at, length):
    """A plain loop of one optimizer, and within it one of another over tensors of its own."""
    names = {"w": "v", "opt": "later"}
    first = list(plain_loop(updates))
    steps = [place for place, each in enumerate(first) if isinstance(each, StepTaken)]
    cut = steps[begun_at - 1] + 1
    between = [_renamed(each, names) for each in plain_loop(length)]
    return [
        replace(each, index=index)
        for index, each in enumerate([*first[:cut], *between, *first[cut:]])
    ]


def _renamed(event, names):
    changed = {}
    for field in ("name", "optimizer"):
        if hasattr(event, field):
            changed[field] = names[getattr(event, field)]
    for field in ("grads", "values"):
        if hasattr(event, field):
            changed[field] = {names[key]: each for key, each in getattr(event, field).items()}
    if isinstance(event, OptimizerSeen):
        changed["groups"] = tuple(replace(each, parameters=("v",)) for each in event.groups)
    return replace(event, **changed)


def numbers_of(stretch, optimizer):
    return [update.index for update in stretch.updates_of(optimizer)]


def test_where_a_later_training_begins_its_first_updates_are_kept():
    first, before, later, last = remember(later_training(500, 200, 300), full=10)
    assert numbers_of(first, "opt") == list(range(1, 11))
    assert numbers_of(before, "opt") == list(range(191, 201))
    assert numbers_of(later, "later") == list(range(1, 11))
    assert numbers_of(last, "opt") == list(range(491, 501))
    assert [each.begins for each in (first, before, later, last)] == [True, False, True, False]
    assert [each.is_start for each in (first, before, later, last)] == [True, False, False, False]


def test_a_short_later_training_is_kept_whole_with_what_comes_after_it():
    *_, later, last = remember(later_training(500, 200, 4), full=10)
    assert numbers_of(later, "later") == [1, 2, 3, 4]
    assert numbers_of(later, "opt") == list(range(201, 207))
    assert later.begins is False  # one that had stepped before goes on in it
    assert numbers_of(last, "opt") == list(range(491, 501))


def test_only_the_first_few_later_trainings_are_kept():
    def run():
        events = list(plain_loop(20))
        for number in range(30):
            names = {"w": f"v{number}", "opt": f"opt{number}"}
            part = [_renamed(each, {**names}) for each in plain_loop(20)]
            events += part
        return [replace(each, index=index) for index, each in enumerate(events)]

    assert len(remember(run(), full=10)) <= 2 + 2 * 5
