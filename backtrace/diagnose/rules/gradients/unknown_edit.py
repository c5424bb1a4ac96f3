"""A gradient changed between two known calls.

## What it sees
`.grad` is not what the last known call left, and is neither None nor zeros now; or some of the new
gradients are, before the step has read them. It is a warning when numbers that were finite no
longer are.

## Why it matters
The books of the gradient do not balance: what the step reads is not the gradient of the loss.
Mostly that is meant; where it is not, nothing else shows it.

## Example
    loss.backward()
    for p in model.parameters():
        p.grad /= p.grad.norm()     # 0 / 0 where a gradient is zero
    optimizer.step()

## Instead
    loss.backward()
    for p in model.parameters():
        p.grad /= p.grad.norm() + 1e-12
    optimizer.step()

## When it is intended
Gradient surgery, noise, averaging between processes, clipping by hand, momentum by hand: so this is
a note. Clearing by hand is known, and no edit.

## Source
torch.Tensor.grad, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backtrace.diagnose.gradients import cleared_by, is_something
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Edited, Entry
from backtrace.ledger.rank_facts import Copied


def check(run: Stretch) -> Iterator[Judgement]:
    """Give, for each optimizer, the first edit and the first that is not finite."""
    for windows in run.windows_by_optimizer.values():
        said: set[bool] = set()
        for window in windows:
            for event in (event for event in window.events if isinstance(event, Edited)):
                entries = _edits(event, window)
                is_broken = any(_breaks(entry) for entry in entries.values())
                if entries and is_broken not in said and True not in said:
                    said.add(is_broken)
                    broken = {n: e for n, e in entries.items() if _breaks(e)}
                    finding = _describe(window, event, broken or entries)
                    yield replace(finding, severity="warning") if is_broken else finding


def _edits(event: Edited, window: Window) -> Mapping[str, Entry]:
    if event.account != "grad" or isinstance(event, Copied):
        return {}
    fresh = _fresh(window, event)
    own = {n: e for n, e in event.entries.items() if n in window.own}
    is_part = bool(fresh - set(own))
    return {n: e for n, e in own.items() if is_something(e.after) or (is_part and n in fresh)}


def _fresh(window: Window, edit: Edited) -> set[str]:
    """Return the tensors that got a gradient in this window before the edit."""
    fresh: set[str] = set()
    for event in window.events:
        if event is edit:
            break
        fresh -= cleared_by(event)
        if isinstance(event, BackwardRan):
            fresh |= window.filled_by(event)
    return fresh


def _breaks(entry: Entry) -> bool:
    """Whether an edit made numbers that are not finite where there were none."""
    before = entry.before.nonfinite if entry.before is not None else 0
    return entry.after is not None and entry.after.nonfinite > 0 and before == 0


def _describe(window: Window, event: Edited, entries: Mapping[str, Entry]) -> Finding:
    names = tuple(entries)
    first = entries[names[0]]
    after = first.after
    is_broken = after is not None and after.nonfinite > 0
    said = (
        f"gradients of {window.optimizer} were changed before {event.where} by code that "
        "backtrace does not track"
        if event.where  # which the end of a run has not
        else f"gradients of {window.optimizer} were changed after the last tracked call, by code "
        "that backtrace does not track"
    )
    return RULE.found(
        said + (", and are not finite any more" if is_broken else ""),
        "look for what divides by zero between backward and step"
        if is_broken
        else "nothing, if intended",
        window.number,
        event.where,
        names,
        window.optimizer,
        norm_before=first.before.norm if first.before else "None",
        norm_after=after.norm if after else "None",
        not_finite=after.nonfinite if after else 0,
    )


RULE = Rule("BT106", "unknown-edit", "note", check, __doc__)
