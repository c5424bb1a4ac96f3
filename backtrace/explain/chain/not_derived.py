"""What has no derivation by hand, and why. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotDerived:
    """A layer or loss term that was not derived by hand, and why."""

    name: str
    kind: str
    reason: str
