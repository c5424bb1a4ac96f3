"""Reads the accounts, and finds what changed between two known calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from math import isnan
from operator import attrgetter

import torch
from torch import Tensor

from backtrace.ledger.events import Account, Edited, Entry, Reading
from backtrace.recording.kernels.kernel import Kernel, Slot
from backtrace.recording.kernels.value_changes import has_moved, holds
from backtrace.recording.tensors.shards import held
from backtrace.recording.tensors.tracked import Register, Stamp, Tracked

Pair = tuple[Tracked, Tensor]
Edits = list[tuple[Account, dict[str, Entry]]]
FindEdits = Callable[[], "dict[str, object] | None"]
_Stamps = list[tuple[str, "Stamp | None", "Stamp | None"]]  # of a name, before and now
Suspects = dict[Account, list[tuple[Pair, Stamp | None]]]
_TOLD = attrgetter(*(each.name for each in fields(Reading)))


class Inspector:
    """Keeps the stamps of all tracked tensors true.

    `is_late` says whether readings come from a device, and nobody is to wait for them.
    """

    def __init__(self, register: Register, kernel: Kernel, late: bool = False) -> None:
        self._register = register
        self._may_be_late = late
        self.is_late = False
        self._kernel = kernel
        self._threads = torch.get_num_threads()
        self._same: set[int] = set()  # whose values the last look found to be as they were kept

    def open(self, tracked: Tracked, tensor: Tensor) -> None:
        """Read a tensor for the first time."""
        self._restamp_values([(tracked, tensor)])
        self.restamp_grad(tracked, tensor)

    def restamp_all(self) -> None:
        """Read everything anew, and let go of what changed meanwhile."""
        for tracked, tensor in self._register:
            self.open(tracked, tensor)
        self._kernel.settle()

    def restamp_grad(self, tracked: Tracked, tensor: Tensor) -> Slot | None:
        """Read `.grad` as it is now; None for a gradient that is None."""
        grad = tensor.grad if tracked.part is None else tracked.part.grad_of(tensor)
        if grad is None:
            tracked.grad = None
            return None
        (slot,) = self._kernel.read([held(grad)])
        tracked.grad = Stamp(grad, slot)
        return slot

    def restamp_grads(self, pairs: Iterable[Pair]) -> None:
        """Read every `.grad` as it is now."""
        found: list[tuple[Tracked, Tensor]] = []
        for tracked, tensor in pairs:
            grad = tensor.grad if tracked.part is None else tracked.part.grad_of(tensor)
            if grad is None:
                tracked.grad = None
            else:
                found.append((tracked, grad))
        slots = self._kernel.read([held(grad) for _, grad in found])
        for (tracked, grad), slot in zip(found, slots, strict=True):
            tracked.grad = Stamp(grad, slot)

    def keep_values(self, pairs: Iterable[Pair]) -> None:
        """Copy the values that a step is about to change, and are not kept as they are."""
        same, self._same = self._same, set()
        found = [pair for pair in pairs if id(pair[0]) not in same]
        if not found:
            return
        copies = self._kernel.keep([(held(tensor).detach(), t.before) for t, tensor in found])
        for (tracked, _), copy in zip(found, copies, strict=True):
            tracked.before = copy
            if tracked.value is not None:
                tracked.value.slot.is_kept = False  # what was stamped may not be what is copied

    def restamp_stepped(self, pairs: Iterable[Pair]) -> dict[str, Slot]:
        """Read the values as a step left them; return the readings of the changes by name.

        Raises RuntimeError for a value that has another shape than the step found.
        """
        found: list[Pair] = []
        steps: list[tuple[Tensor, Tensor]] = []
        replaced = ""
        for tracked, tensor in pairs:
            kept = tracked.before
            now = held(tensor).detach()
            if kept is None or kept.shape != now.shape:
                replaced = tracked.name
                break
            found.append((tracked, tensor))
            steps.append((now, kept))
        changes: dict[str, Slot] = {}
        slots = self._kernel.read_steps(steps)
        for (tracked, tensor), (change, value) in zip(found, slots, strict=True):
            tracked.value, changes[tracked.name] = Stamp(tensor, value), change
        if replaced:
            raise RuntimeError(f"{replaced} was replaced inside step")
        return changes

    def look(self, thorough: Sequence[Account], *, in_step: bool = False) -> Edits:
        """Return what changed since the stamps were made, and make them anew.

        Version and pointer tell of most writes and cost nothing. For the accounts named
        `thorough` the elements are looked at as well: a write through `.data` shows only there.
        They are held against the copy where there is one, and added up where there is none.
        Values are left alone while a step is moving them.
        """
        suspects = self._find_suspects(thorough, in_step=in_step)
        return self._confirm(suspects) if suspects["grad"] or suspects["value"] else []

    def look_late(
        self,
        thorough: Sequence[Account],
        lines: Mapping[str, str],
        kind_of: Callable[[Account, str], type[Edited]],
        *,
        in_step: bool = False,
    ) -> Iterator[tuple[Account, str | None, type[Edited], FindEdits]]:
        """As `look`, without waiting: give what tells the changes once the kernel has settled.

        All that is looked at is read in full, as what it was then cannot be read later. Values
        of which `lines` tells who wrote them are given by that line, and each with its kind.
        """
        suspects = self._find_suspects(thorough, in_step=in_step)
        self.restamp_grads([pair for pair, _ in suspects["grad"]])
        self._restamp_values([pair for pair, _ in suspects["value"]])
        for account, found in suspects.items():
            by_line: dict[tuple[str | None, type[Edited]], _Stamps] = {}
            for (tracked, _), old in found:
                line = lines.get(tracked.name) if account == "value" else None
                now = tracked.grad if account == "grad" else tracked.value
                key = line, kind_of(account, tracked.name)
                by_line.setdefault(key, []).append((tracked.name, old, now))
            for (line, kind), stamps in by_line.items():
                yield account, line, kind, partial(_find_edits, stamps)

    def _find_suspects(self, thorough: Sequence[Account], *, in_step: bool) -> Suspects:
        """Return what may have changed since the stamps were made, with those."""
        self.is_late = self._may_be_late and self._kernel.is_on_device
        self._same = set()
        accounts: tuple[Account, ...] = ("grad",) if in_step else ("grad", "value")
        trusted = self._threads == torch.get_num_threads()  # totals round by thread count
        self._threads = torch.get_num_threads()
        suspects: Suspects = {"grad": [], "value": []}
        unsure: list[tuple[Account, Pair, Stamp, Tensor]] = []
        kept: list[Pair] = []
        for pair in self._register:
            tracked, tensor = pair
            part = tracked.part
            for account in accounts:
                now: Tensor | None = tensor
                if account == "grad":
                    now = tensor.grad if part is None else part.grad_of(tensor)
                stamp = tracked.grad if account == "grad" else tracked.value
                if now is None or stamp is None:
                    if now is not None or stamp is not None:
                        suspects[account].append((pair, stamp))
                elif not stamp.fits(now):
                    suspects[account].append((pair, stamp))
                elif account in thorough and account == "value" and stamp.slot.is_kept:
                    kept.append(pair)
                elif trusted and account in thorough:
                    unsure.append((account, pair, stamp, now))
        if unsure:
            self._add_up(unsure, suspects)
        if kept:
            self._compare(kept, suspects)
        return suspects

    def _compare(self, pairs: list[Pair], suspects: Suspects) -> None:
        """Add to the suspects those whose values are no longer bit for bit as they were kept."""
        found = [(held(tensor), kept) for t, tensor in pairs if (kept := t.before) is not None]
        for pair, is_same in zip(pairs, self._kernel.is_same(found), strict=True):
            if is_same:
                self._same.add(id(pair[0]))
            else:
                suspects["value"].append((pair, pair[0].value))

    def _add_up(
        self, unsure: list[tuple[Account, Pair, Stamp, Tensor]], suspects: Suspects
    ) -> None:
        """Add to the suspects those whose elements do not add up to what they did."""
        many = []
        for account, pair, stamp, now in unsure:
            if self.is_late:  # what is read is what will be told
                suspects[account].append((pair, stamp))
            elif stamp.slot.reading.values is None:
                many.append((account, pair, stamp, now))
            elif not holds(held(now), stamp.slot.reading):
                suspects[account].append((pair, stamp))
        if not many:
            return
        slots = self._kernel.read_totals([held(now) for *_, now in many])
        self._kernel.settle()
        for (account, pair, stamp, _), slot in zip(many, slots, strict=True):
            old, new = stamp.slot.total, slot.total
            if old != new and not (isnan(old) and isnan(new)):
                suspects[account].append((pair, stamp))

    def _restamp_values(self, pairs: list[Pair]) -> None:
        slots = self._kernel.read([held(tensor) for _, tensor in pairs])
        for (tracked, tensor), slot in zip(pairs, slots, strict=True):
            tracked.value = Stamp(tensor, slot)

    def _confirm(self, suspects: Suspects) -> Edits:
        """Read the suspects in full; those that read as before were written to, not changed."""
        self.restamp_grads([pair for pair, _ in suspects["grad"]])
        self._restamp_values([pair for pair, _ in suspects["value"]])
        self._kernel.settle()
        edits: Edits = []
        for account, found in suspects.items():
            entries = {}
            for pair, old in found:
                new = pair[0].grad if account == "grad" else pair[0].value
                before, after = read_stamp(old), read_stamp(new)
                is_same = is_same_reading(before, after)
                if not is_same or (account == "value" and _has_moved(pair, old, after)):
                    entries[pair[0].name] = Entry(before, after)
            if entries:
                edits.append((account, entries))
        return edits


def _has_moved(pair: Pair, old: Stamp | None, after: Reading | None) -> bool:
    """Whether elements changed places, so that the readings before and after are the same."""
    tracked, tensor = pair
    if old is None or not old.slot.is_kept or tracked.before is None:
        return False
    return after is not None and not after.nonfinite and has_moved(tracked.before, held(tensor))


def _find_edits(stamps: _Stamps) -> dict[str, object] | None:
    """Return the entries of what changed between two stamps; None where nothing did."""
    entries = {}
    for name, old, new in stamps:
        before, after = read_stamp(old), read_stamp(new)
        if not is_same_reading(before, after):
            entries[name] = Entry(before, after)
    return {"entries": entries} if entries else None


def read_stamp(stamp: Stamp | None) -> Reading | None:
    """Return the reading that a stamp was made with; None where there is no gradient."""
    return None if stamp is None else stamp.slot.reading


def is_same_reading(one: Reading | None, other: Reading | None) -> bool:
    """Whether two readings tell the same; NaN is the same as NaN.

    A dataclass's own `repr` is not asked: cut off by Ctrl-C it says `...` of its object, and of
    whatever gets the same id, from then on.
    """
    if one == other or one is None or other is None:
        return one == other
    return repr(_TOLD(one)) == repr(_TOLD(other))
