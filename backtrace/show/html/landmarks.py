"""Chooses the updates that the page holds in full, and says why each was chosen."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import isfinite

from backtrace.diagnose.rule import Finding
from backtrace.language import translated
from backtrace.ledger.updates import Update


class Landmarks:
    """Takes all updates in their order, and remembers the extremes among them.

    A place is an update's position among those of all optimizers, from 0.
    """

    def __init__(self) -> None:
        self.numbers = array("q")
        self._owners = array("l")
        self._optimizers: dict[str, int] = {}
        self._found: dict[str, tuple[float, int]] = {}

    def take(self, update: Update, *, norm: float | None, is_unbalanced: bool) -> None:
        """Enter an update; `norm` is of all its gradients as one, None if it is not finite."""
        place = len(self.numbers)
        self.numbers.append(update.index)
        owner = self._optimizers.setdefault(update.optimizer, len(self._optimizers))
        self._owners.append(owner)
        if update.loss is not None and isfinite(update.loss):
            self._keep("largest loss", update.loss, place)
            self._keep("smallest loss", -update.loss, place)
        elif update.loss is not None:
            self._keep("first loss that is not finite", 0.0, place)
        if norm is None:
            self._keep("first gradient that is not finite", 0.0, place)
        else:
            self._keep("largest gradient", norm, place)
        if is_unbalanced:
            self._keep("first books that do not balance", 0.0, place)

    def choose(self, findings: Sequence[Finding], most: int) -> dict[int, list[str]]:
        """Return the places of at most `most` updates, in their order, each with the reasons.

        Of a run that has no more, all; their reasons are there all the same.
        """
        count = len(self.numbers)
        if not count:
            return {}
        chosen: dict[int, list[str]] = {0: [translated("first")]}
        chosen.setdefault(count - 1, []).append(translated("last"))
        for reason, (_, place) in self._found.items():
            chosen.setdefault(place, []).append(translated(reason))
        for finding in findings:
            at = self._place_of(finding)
            if at is not None and (at in chosen or len(chosen) < most):
                reasons = chosen.setdefault(at, [])
                if f"{finding.code} {finding.pattern}" not in reasons:
                    reasons.append(f"{finding.code} {finding.pattern}")
        for place in _spread(count, most):
            if len(chosen) >= most:
                break
            chosen.setdefault(place, [])
        return dict(sorted(chosen.items()))

    def _keep(self, reason: str, size: float, place: int) -> None:
        known = self._found.get(reason)
        if known is None or size > known[0]:
            self._found[reason] = (size, place)

    def _place_of(self, finding: Finding) -> int | None:
        """Return where the update is that a finding names: its optimizer's, or of them all."""
        owner = self._optimizers.get(finding.optimizer)
        if owner is None and len(self._optimizers) > 1:
            return finding.update - 1 if finding.update <= len(self.numbers) else None
        for place, number in enumerate(self.numbers):
            if number == finding.update and owner in (None, self._owners[place]):
                return place
        return None


def _spread(count: int, most: int) -> list[int]:
    """Return places evenly over the run, both ends among them; all where they are few."""
    if count <= most:
        return list(range(count))
    return [round(at * (count - 1) / (most - 1)) for at in range(most)] if most > 1 else []
