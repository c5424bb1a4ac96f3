"""One backward of a running program, as it is handed to whoever looks at its update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import NodeLabel

if TYPE_CHECKING:
    from backtrace.explain.graph.module_calls import ModuleCallLog


@dataclass
class BackwardSeen:
    """One backward of the update that is looked at, just after it returned.

    Args:
        where: the user's line of the call.
        calls: of modules, each named by the text of its id; `modules` are their names by that.
        names: of each leaf that a gradient came to, by the index of its node: the name in the
            books first, then the others that it has.
        held: `.grad` of the leaves as the backward found it.
        owners: the optimizer that steps each, by the same index; '' for none.
        named: every tensor that has books, by its name there.
    """

    graph: KeptGraph
    where: str
    calls: ModuleCallLog
    held: dict[int, Tensor | None]
    labels: dict[int, NodeLabel] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    named: dict[str, Tensor] = field(default_factory=dict)


class Looker(Protocol):
    """Whoever looks at an update while it goes on."""

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        ...

    def look(self, seen: BackwardSeen) -> None:
        """A backward of the update has returned."""

    def before_step(self) -> None:
        """A step is about to read the gradients."""


MakeLooker = Callable[[], Looker]
