"""Two traces side by side: where they part, and what else differs between the runs they are of."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from backtrace.compare.measure import Comparison, Tolerance, Variant, compare
from backtrace.errors import UsageError
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update

_ALWAYS_DIFFERENT = {"started", "command", "target", "config"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said of both runs, and not the same; '–' where one does not say."""

    name: str
    base: str
    other: str


@dataclass(frozen=True)
class Diff:
    """What two traces have in common and what not; `config` holds lines of a unified diff."""

    comparison: Comparison
    facts: Sequence[Fact]
    config: Sequence[str]

    @property
    def is_equal(self) -> bool:
        """Whether no difference goes beyond the tolerance (which may be none at all)."""
        found = self.comparison
        same = found.lengths[0] == found.lengths[1] and not found.order
        return same and not (found.beyond or found.only_base or found.only_other)


def diff(
    base: tuple[str, Header, Sequence[Update]],
    other: tuple[str, Header, Sequence[Update]],
    tolerance: Tolerance,
) -> Diff:
    """Compare two traces, each a name, a header and its updates in order.

    Raises:
        UsageError: they cannot be compared: no update or no parameter in common.
    """
    found = compare(Variant(base[0], base[2]), Variant(other[0], other[2]), tolerance)
    for name, length in zip((base[0], other[0]), found.lengths, strict=True):
        if not length:
            raise UsageError(f"{name} holds no finished update: there is nothing to compare")
    if found.measured == 0:
        raise UsageError(
            f"{base[0]} and {other[0]} have no parameter name in common: "
            f"{_few(found.only_base)} against {_few(found.only_other)}"
        )
    return Diff(
        comparison=found,
        facts=list(_differing(_flatten(base[1]), _flatten(other[1]))),
        config=_diff_configs(base, other),
    )


def _flatten(header: Header) -> dict[str, str]:
    """Return what a header says, nested facts by their path."""
    found: dict[str, str] = {}

    def enter(path: str, value: object) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                enter(f"{path}.{key}" if path else str(key), inner)
        else:
            found[path] = str(value)

    enter("", {k: v for k, v in asdict(header).items() if k not in _ALWAYS_DIFFERENT})
    return found


def _differing(base: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Fact]:
    for name in dict.fromkeys([*base, *other]):
        one, two = base.get(name, "–"), other.get(name, "–")
        if one != two:
            yield Fact(name, one, two)


def _diff_configs(
    base: tuple[str, Header, Sequence[Update]], other: tuple[str, Header, Sequence[Update]]
) -> list[str]:
    one, two = base[1].config.splitlines(), other[1].config.splitlines()
    return list(difflib.unified_diff(one, two, base[0], other[0], n=1, lineterm=""))


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "") if names else "none"
