"""Trace → file → trace is the identity, whatever a trace holds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pytest
from events_of_all_kinds import KINDS, any_event, instances, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backtrace.errors import TraceFileError
from backtrace.ledger.events import Entry, GradsZeroed, ParameterSeen, Reading
from backtrace.ledger.facts import Group, OptimizerSeen
from backtrace.ledger.trace import Header
from backtrace.tracefile import load, open_trace, write_trace
from backtrace.tracefile.write import TraceWriter

quick = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def exactly(thing: Any) -> Any:
    """What tells a value from every other: types, signs of zeros and all."""
    if dataclasses.is_dataclass(thing):
        fields = [(f.name, exactly(getattr(thing, f.name))) for f in dataclasses.fields(thing)]
        return type(thing).__name__, fields
    if isinstance(thing, Mapping):
        return "mapping", [(exactly(key), exactly(item)) for key, item in thing.items()]
    if isinstance(thing, tuple | list):
        return type(thing).__name__, [exactly(item) for item in thing]
    if isinstance(thing, float):
        return "float", repr(float(thing))
    return type(thing).__name__, repr(thing)


def through_a_file(path: Any, events: list[Any], header: Header | None = None) -> Any:
    writer = TraceWriter(path, force=True)
    writer.start(header or Header())
    for event in events:
        writer.take_event(event)
    writer.finish(0.0, interrupted=False)
    assert not writer.lost, writer.lost
    return load(path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_comes_back(kind, tmp_path):
    @settings(quick, max_examples=3)
    @given(st.lists(instances(kind), min_size=1, max_size=5))
    def hold(events):
        assert exactly(through_a_file(tmp_path / "a.trace", events).events) == exactly(events)

    hold()


@settings(quick, max_examples=6)
@given(events=st.lists(any_event, max_size=12))
def test_any_trace_comes_back(events, tmp_path):
    assert exactly(through_a_file(tmp_path / "a.trace", events).events) == exactly(events)


@settings(quick, max_examples=6)
@given(
    header=st.builds(
        Header,
        target=texts,
        versions=st.dictionaries(texts, texts, max_size=2),
        threads=st.integers(),
        settings=st.dictionaries(
            texts,
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=3),
                    st.lists(inner, max_size=3).map(tuple),
                    st.dictionaries(texts, inner, max_size=3),
                ),
                max_leaves=5,
            ),
            max_size=3,
        ),
    )
)
def test_any_header_comes_back(header, tmp_path):
    write_trace(tmp_path / "a.trace", header, [], force=True)
    assert exactly(load(tmp_path / "a.trace").header) == exactly(header)


def reading(*values: float, **changes: Any) -> Reading:
    fields = {"shape": (len(values),), "dtype": "float32", "norm": 1.5, "mean": 0.5, "min": 0.25}
    return Reading(
        **{**fields, "max": 2.0, "zeros": 0, "nonfinite": 0, "values": values, **changes}
    )


def test_zeros_of_either_sign_are_two_readings(tmp_path):
    """They are equal as Python numbers: only their bits tell them apart."""
    one, other = reading(0.5, mean=0.0, min=-0.0), reading(0.5, mean=-0.0, min=0.0)
    event = GradsZeroed(
        index=0, elapsed=0.0, call="o.zero_grad", set_to_none=True, grads={"w": Entry(one, other)}
    )
    entry = through_a_file(tmp_path / "a.trace", [event]).events[0].grads["w"]
    assert [math.copysign(1, entry.before.min), math.copysign(1, entry.after.min)] == [-1, 1]
    assert [math.copysign(1, entry.before.mean), math.copysign(1, entry.after.mean)] == [1, -1]


def test_a_reading_that_occurs_again_is_written_once(tmp_path):
    same, equal = reading(0.5), reading(0.5)
    events = [
        GradsZeroed(
            index=n, elapsed=0.5, call="o", set_to_none=False, grads={"w": Entry(same, equal, same)}
        )
        for n in range(5)
    ]
    through_a_file(tmp_path / "a.trace", events)
    with open_trace(tmp_path / "a.trace") as file:
        assert file._query("SELECT count(*) FROM readings").fetchone() == (1,)


def test_equal_readings_of_two_tensors_keep_their_names(tmp_path):
    same = reading(0.5)
    events = [
        GradsZeroed(
            index=0, elapsed=0.5, call="o", set_to_none=False,
            grads={"a": Entry(same, None), "b": Entry(same, same)},
        )
    ]  # fmt: skip
    assert through_a_file(tmp_path / "a.trace", events).events == events


def test_a_whole_number_stays_whole_and_a_truth_value_one(tmp_path):
    options = {"lr": 0.1, "momentum": 0, "nesterov": False, "betas": "0.9, 0.999", "fused": None}
    event = OptimizerSeen(
        index=0, elapsed=0.5, optimizer="o", type="SGD", groups=(Group(("w", "w"), options),)
    )
    found = through_a_file(tmp_path / "a.trace", [event]).events
    assert exactly(found) == exactly([event])


def test_a_field_that_a_file_lacks_is_at_its_default(tmp_path):
    """Fields are added with defaults: an older file has no word of them."""
    event = ParameterSeen(
        index=0, elapsed=0.5, name="w", shape=(2,), dtype="float32", device="cpu",
        requires_grad=True,
    )  # fmt: skip
    through_a_file(tmp_path / "a.trace", [event])
    with open_trace(tmp_path / "a.trace") as file:
        data = file._query("SELECT data FROM events").fetchone()[0]
        assert "aliases" not in data and "optimizer" not in data
        assert list(file.events) == [event]


def test_a_trace_that_is_not_there_names_what_may_be_meant(tmp_path):
    with pytest.raises(TraceFileError, match=r"there is no such file$"):
        open_trace(tmp_path / "run.trce")
    (tmp_path / "run.trce.txt").write_text("no trace")
    for name in ("other.trace", "run.trace"):
        write_trace(tmp_path / name, Header(), [])
    with pytest.raises(TraceFileError, match=r"did you mean `.*run\.trace`\?$"):
        open_trace(tmp_path / "run.trce")
    with pytest.raises(TraceFileError, match=r"there are .*other\.trace, .*run\.trace$"):
        open_trace(tmp_path / "first.db")
