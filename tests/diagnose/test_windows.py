"""Windows on made-up events: where they begin and end, and what a step reads of its backwards."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from backtrace.diagnose.accumulation import find_micro_batches, is_same_factor, is_undivided
from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.clip_calls import find_clip_calls
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entry,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    Reading,
    StepBegan,
    StepTaken,
)
from backtrace.ledger.facts import OptimizerSeen, StepsPassed
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import LossCalled


def reading(number: float) -> Reading:
    zeros = int(number == 0)
    return Reading((1,), "float32", abs(number), number, number, number, zeros, 0, (number,))


def entry(before: float | None, after: float | None, delta: float | None = None) -> Entry:
    first, last, added = (None if x is None else reading(x) for x in (before, after, delta))
    return Entry(first, last, added)


class Script:
    """Writes events one after the other."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._numbers = count()

    def add(self, kind: type[Event], **facts: object) -> Script:
        self.events.append(kind(index=next(self._numbers), elapsed=0.0, **facts))  # type: ignore[arg-type]
        return self

    def backward(self, *names: str, where: str = "t.py:1", loss: float = 1.0) -> Script:
        grads = {name: entry(None, 1.0, 1.0) for name in names}
        return self.add(BackwardRan, where=where, loss=loss, grads=grads)

    def clear(self, *names: str) -> Script:
        grads = {name: entry(1.0, None) for name in names}
        return self.add(GradsZeroed, call="zero_grad", set_to_none=True, grads=grads)

    def step(self, optimizer: str, **grads: float | None) -> Script:
        self.add(StepBegan, optimizer=optimizer)
        return self.end_step(optimizer, grads)

    def end_step(self, optimizer: str, grads: Mapping[str, float | None]) -> Script:
        read = {name: None if g is None else reading(g) for name, g in grads.items()}
        values = {name: entry(1.0, 0.9, -0.1) for name in grads}
        facts = {"optimizer": optimizer, "type": "SGD", "lr": (0.1,)}
        return self.add(StepTaken, **facts, grads=read, values=values)


def test_a_window_runs_from_step_to_step_and_the_rest_is_one_more():
    script = Script().backward("w").step("o", w=1.0).clear("w").backward("w").step("o", w=1.0)
    first, second, rest = Stretch(script.clear("w").events).windows_by_optimizer["o"]
    assert [window.number for window in (first, second, rest)] == [1, 2, 3]
    assert [len(window.events) for window in (first, second, rest)] == [3, 4, 1]
    assert first.before is None and second.before is first and rest.step is None


def test_each_optimizer_has_windows_of_its_own():
    script = Script().backward("w", "v").step("o", w=1.0).step("p", v=1.0)
    windows = Stretch(script.events).windows_by_optimizer
    assert [len(window.events) for window in windows["o"]] == [3, 2]
    assert [len(window.events) for window in windows["p"]] == [5]


def test_an_optimizer_made_anew_begins_where_the_one_before_it_ended():
    script = Script().backward("w").step("o", w=1.0).backward("w").step("o2", w=2.0)
    (windows,) = Stretch(script.events).windows_by_optimizer.values()
    assert [(window.optimizer, window.number) for window in windows] == [("o", 1), ("o2", 1)]
    assert windows[1].before is windows[0] and not windows[1].is_first
    assert windows[1].update_before == "update 1 of o"


def test_a_finding_names_the_update_of_its_own_optimizer():
    """For each two steps of `d` one of `g`; from its second backward on `g` steps twice."""
    script = Script()
    for turn in range(3):
        for _ in range(2):
            script.clear("v").backward("v").step("d", v=1.0)
        script.clear("w").backward("w").step("g", w=1.0)
        if turn:
            script.step("g", w=1.0)
    rules = load_rules()
    found = diagnose([Stretch(script.events)], rules=[rules["BT208"]])
    assert [(f.optimizer, f.update) for f in found.findings] == [("g", 3)]
    assert found.updates == 6 + 5


def test_updates_are_counted_by_one_optimizer_or_by_all():
    script = Script().step("d", v=1.0).step("d", v=1.0).backward("w").step("g", w=1.0)
    script.add(StepsPassed, optimizer="d", count=5).backward("v").step("d", v=1.0)
    run = Stretch(script.events, passed={"d": 10, "g": 3})
    first, last = run.of(BackwardRan)
    assert [run.update_at(first, name) for name in ("d", "g", None)] == [18, 4, 16]
    assert [run.update_at(last, name) for name in ("d", "g", None)] == [18, 5, 22]
    own = [u for u in run.updates if u.is_complete]
    assert [run.update_at(s, s.optimizer) for s in run.steps] == [u.index for u in own]


def test_what_others_stepped_before_an_optimizer_was_made_is_not_its_own():
    script = Script().backward("w", "v").step("o", w=1.0)
    script.add(OptimizerSeen, optimizer="p", type="SGD", groups=()).backward("v").step("p", v=2.0)
    (window,) = Stretch(script.events).windows_by_optimizer["p"]
    assert len(window.backwards) == 1


def test_steps_that_were_not_read_are_counted_and_part_windows():
    script = Script().backward("w").step("o", w=1.0)
    script.add(StepsPassed, optimizer="o", count=8).backward("w").step("o", w=1.0)
    windows = Stretch(script.events).windows_by_optimizer["o"]
    assert [window.number for window in windows] == [1, 10]
    assert windows[1].before is None


def test_a_later_piece_goes_on_where_the_run_was():
    script = Script().backward("w").step("o", w=1.0)
    (window,) = Stretch(script.events, is_start=False, passed={"o": 41}).windows_by_optimizer["o"]
    assert window.number == 42 and not window.is_first


def test_a_step_reads_the_backwards_since_the_last_clearing_by_whichever_hand():
    script = Script().backward("w", where="a").clear("w").backward("w", where="b")
    script.add(Edited, account="grad", entries={"w": entry(1.0, 0.0)})
    script.backward("w", where="c").backward("w", where="d").step("o", w=2.0)
    (window,) = Stretch(script.events).windows_by_optimizer["o"]
    assert [event.where for event in window.counted] == ["c", "d"]
    assert len(window.backwards) == 4


def test_a_closure_is_what_runs_inside_of_a_step():
    script = Script().backward("w").add(StepBegan, optimizer="o").clear("w").backward("w")
    (window,) = Stretch(script.end_step("o", {"w": 1.0}).events).windows_by_optimizer["o"]
    assert window.has_closure and len(window.in_step) == 3


def micro_batch(script: Script, data: str, mean: float, loss: float, rows: int = 4) -> None:
    script.add(ForwardRan, module="model", rows=rows, data=data)
    shapes = {"input_shape": (rows, 2), "target_shape": (rows,), "target_dtype": "int64"}
    script.add(LossCalled, function="cross_entropy", value=mean, reduction="mean", **shapes)
    script.backward("w", loss=loss)


def test_micro_batches_know_how_they_were_weighted():
    script = Script()
    micro_batch(script, "a", 0.8, 0.4)
    micro_batch(script, "b", 0.6, 0.3, rows=2)
    (window,) = Stretch(script.step("o", w=1.0).events).windows_by_optimizer["o"]
    found = find_micro_batches(window)
    assert [each.rows for each in found] == [4, 2]
    assert is_same_factor(found, 0.5) and not is_undivided(found[0], 2)


def test_two_backwards_over_the_same_data_are_no_micro_batches():
    script = Script()
    micro_batch(script, "a", 0.8, 0.8)
    micro_batch(script, "a", 0.7, 0.7)
    (window,) = Stretch(script.step("o", w=1.0).events).windows_by_optimizer["o"]
    assert find_micro_batches(window) == []


def test_a_mean_by_hand_is_read_off_the_graph():
    script = Script()
    for data in "ab":
        script.add(ForwardRan, module="model", rows=4, data=data)
        divided = Op("DivBackward0", ((),), (), 4.0), Op("MeanBackward0", ((4,),), ())
        script.add(GraphSeen, path=divided).backward("w", loss=0.2)
    (window,) = Stretch(script.step("o", w=1.0).events).windows_by_optimizer["o"]
    assert [each.factor for each in find_micro_batches(window)] == [0.25, 0.25]


def test_a_clipping_says_what_it_found():
    def clip(before: float | None) -> dict[str, object]:
        grads = {} if before is None else {"w": entry(before, before)}
        return {"call": "clip_grad_norm_", "grads": grads, "limit": 1.0}

    script = Script().add(GradsRescaled, **clip(None)).backward("w")
    script.add(GradsRescaled, **clip(None)).add(GradsRescaled, **clip(1.0)).step("o", w=1.0)
    script.add(GradsRescaled, **clip(1.0))
    found = list(find_clip_calls(Stretch(script.events)))
    assert [each.found for each in found] == ["cleared", "nothing", "new", "read"]
    assert [each.served[0] if each.served else None for each in found] == [1, 1, 1, None]
