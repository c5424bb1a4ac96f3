"""Holds a run to its config's `expect` block: losses, gradients, values, findings, a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from backtrace.check.nested_values import describe_furthest, shape_of
from backtrace.check.outcome import Missed
from backtrace.compare.measure import Tolerance
from backtrace.config.expect import Expect, ExpectedLoss, ExpectedTrace, ExpectedValue
from backtrace.diagnose.choose import means
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update

_FEW = 3


@dataclass(frozen=True)
class ObservedRun:
    """What a run showed: its finished updates, the names of its parameters, and its header."""

    updates: Sequence[Update]
    names: Sequence[str]
    header: Header


def hold(
    expect: Expect, seen: ObservedRun, folder: Path, locate: Callable[[str], str]
) -> Iterator[Missed]:
    """Give every expectation that does not hold, findings apart.

    `folder` is where the trace's path begins, `locate` turns a key into `file:line:column`.

    Raises:
        TraceFileError, UsageError: the trace cannot be read, or not be compared.
    """
    found = [
        *_hold_loss(expect.loss, seen.updates),
        *_hold_grads(expect.grads, seen),
        *_hold_values(expect.values, seen),
        *_hold_trace(expect.trace, seen, folder),
    ]
    for missed in found:
        yield replace(missed, where=locate(missed.key))


def hold_findings(
    expected: Sequence[str], diagnosis: Diagnosis
) -> tuple[Diagnosis, tuple[Finding, ...], tuple[Missed, ...]]:
    """Take the expected findings out of a diagnosis.

    Returns what is left, what was expected and found, and what was expected and is not there.
    """
    known = tuple(f for f in diagnosis.findings if any(means(name, f) for name in expected))
    left = tuple(f for f in diagnosis.findings if f not in known)
    missed = tuple(
        Missed(f"expect.findings.{at}", f"{name} was expected, and found nothing")
        for at, name in enumerate(expected)
        if not any(means(name, finding) for finding in known)
    )
    return replace(diagnosis, findings=left), known, missed


def _hold_loss(expected: ExpectedLoss | None, updates: Sequence[Update]) -> Iterator[Missed]:
    if expected is None:
        return
    losses = [update.loss for update in updates if update.loss is not None]
    if not losses:
        yield Missed("expect.loss", "no loss was seen")
        return
    first, last, count = losses[0], losses[-1], len(losses)
    fall = f"the loss went from {first:g} to {last:g} in {_count(count, 'update')}"
    share = expected.falls_by
    if share is not None and count < 2:
        yield Missed("expect.loss.falls_by", "one update only: a loss falls from one to the next")
    elif share is not None and not first - last >= share * abs(first):
        change = f", by {(first - last) / abs(first):.1%}" if first else ""
        yield Missed("expect.loss.falls_by", f"{fall}{change}; it should fall by {share:.1%}")
    if expected.below is not None and not last < expected.below:
        yield Missed("expect.loss.below", f"{fall}; it should end below {expected.below:g}")


def _hold_grads(
    expected: Mapping[str, Sequence[float] | None], seen: ObservedRun
) -> Iterator[Missed]:
    for pattern, ends in expected.items():
        key = f"expect.grads.{pattern}"
        names = [name for name in seen.names if fnmatchcase(name, pattern)]
        if not names:
            yield Missed(key, f"no parameter has such a name: there are {_few(seen.names)}")
            continue
        told = [text for name in names if (text := _judge_grad(name, ends, seen.updates))]
        if told:
            rest = len(told) - _FEW
            yield Missed(key, "; ".join(told[:_FEW]) + (f"; and {rest} more" if rest > 0 else ""))


def _judge_grad(name: str, ends: Sequence[float] | None, updates: Sequence[Update]) -> str:
    """Return what is wrong with a parameter's gradient at the first update where it is."""
    for update in updates:
        row = update.rows.get(name)
        grad = None if row is None else row.grad_after
        if ends is None:
            if grad is not None:
                return f"{name} has a gradient of norm {grad.norm:g} at update {update.index}"
        elif grad is None:
            return f"{name} has no gradient at update {update.index}"
        elif not ends[0] <= grad.norm <= ends[1]:
            limits = f"not from {ends[0]:g} to {ends[1]:g}"
            return f"{name}'s gradient has norm {grad.norm:g} at update {update.index}, {limits}"
    return ""


def _hold_values(expected: Mapping[str, ExpectedValue], seen: ObservedRun) -> Iterator[Missed]:
    for name, wanted in expected.items():
        key = f"expect.values.{name}"
        number = wanted.update or len(seen.updates)
        if name not in seen.names:
            yield Missed(key, f"no parameter has this name: there are {_few(seen.names)}")
        elif number > len(seen.updates):
            continue  # it is not checked, which the target's line says
        else:
            yield from _hold_value(key, name, wanted, seen.updates[number - 1])


def _hold_value(key: str, name: str, wanted: ExpectedValue, update: Update) -> Iterator[Missed]:
    row = update.rows.get(name)
    tolerance = Tolerance(wanted.rtol, wanted.atol)
    for account, numbers, what in (
        ("value", wanted.value, name),
        ("grad", wanted.grad, f"the gradient of {name}"),
    ):
        if numbers is None:
            continue
        reading = None
        if row is not None:
            reading = row.value_after if account == "value" else row.grad_after
        where = f"at update {update.index}"
        if reading is None:
            yield Missed(f"{key}.{account}", f"{what} is not there {where}")
        elif shape_of(numbers) != reading.shape:
            shapes = f"{list(reading.shape)}, and the numbers given {list(shape_of(numbers))}"
            yield Missed(f"{key}.{account}", f"{what} has the shape {shapes}")
        elif told := describe_furthest(reading.values or (), numbers, reading.shape, tolerance):
            yield Missed(f"{key}.{account}", f"{what}{told} {where}")


def _hold_trace(
    expected: ExpectedTrace | None, seen: ObservedRun, folder: Path
) -> Iterator[Missed]:
    if expected is None:
        return
    from backtrace.compare.runs import ComparedRun
    from backtrace.compare.sentence import describe_inequality
    from backtrace.compare.trace_pair import compare_runs
    from backtrace.errors import UsageError
    from backtrace.tracefile import open_trace

    with open_trace(folder / expected.file) as trace:
        if trace.recording.get("readings", "full") != "full":
            raise UsageError(f"{trace.path} keeps norms only: record it without --readings norm")
        known = trace.updates[: len(seen.updates)]
        tolerance = Tolerance(expected.rtol, expected.atol)
        ours = seen.updates[: len(known)]
        base = ComparedRun(trace.path.name, known, trace.header)
        other = ComparedRun("this run", ours, seen.header)
        found = compare_runs(base, other, tolerance, exact=False)
        if not found.is_equal:
            yield Missed("expect.trace", describe_inequality(found))


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
