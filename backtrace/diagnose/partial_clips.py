"""Clippings of sums to which another micro-batch was added afterwards, before the step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf

from backtrace.diagnose.gradients import cleared_by, filled_by, is_something
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, GradsRescaled


@dataclass(frozen=True, slots=True)
class PartialClip:
    """A clipping that changed a part of a sum, and in how many `updates` its line did so.

    In each of them the line clipped `times` or more, and a backward added to what it had clipped.
    """

    event: GradsRescaled
    window: Window
    times: int
    updates: int


def find_partial_clips(run: Stretch) -> Iterator[PartialClip]:
    """Give the first such clipping of each line, for each optimizer."""
    for windows in run.windows_by_optimizer.values():
        found: dict[str, list[tuple[GradsRescaled, Window, int]]] = {}
        for window in windows:
            if window.step is not None:
                for line, (clips, has_changed) in _partial_in(window).items():
                    if has_changed:
                        found.setdefault(line, []).append((clips[0], window, len(clips)))
        for hits in found.values():
            event, window, _ = hits[0]
            yield PartialClip(event, window, min(times for _, _, times in hits), len(hits))


def _partial_in(window: Window) -> dict[str, tuple[list[GradsRescaled], bool]]:
    """Return, by line, clippings of one sum, and whether one before the last changed it."""
    open_clips: dict[str, tuple[str, bool]] = {}  # of a tensor: by which line, and if it changed
    added: dict[str, tuple[str, bool]] = {}
    found: dict[str, tuple[list[GradsRescaled], bool]] = {}
    firsts: dict[str, GradsRescaled] = {}
    for event in window.events:
        if isinstance(event, GradsRescaled) and _clips(event):
            own = [n for n, e in event.grads.items() if n in window.own and is_something(e.before)]
            again = [added[name] for name in own if name in added and added[name][0] == event.where]
            if again:
                clips, has_changed = found.get(event.where, ([firsts[event.where]], False))
                changed = has_changed or any(was for _, was in again)
                found[event.where] = ([*clips, event], changed)
            for name in own:
                entry = event.grads[name]
                open_clips[name] = event.where, entry.before != entry.after
                added.pop(name, None)
            firsts.setdefault(event.where, event)
        elif isinstance(event, BackwardRan):
            for name in filled_by(event) & set(open_clips):
                added[name] = open_clips.pop(name)
        else:
            for name in cleared_by(event):
                open_clips.pop(name, None)
                added.pop(name, None)
    return found


def _clips(event: GradsRescaled) -> bool:
    is_measured = event.limit is not None and isinf(event.limit)
    return event.call.startswith("clip") and not is_measured
