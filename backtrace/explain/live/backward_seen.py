"""One backward of a running program, as it is handed to whoever looks at its update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import NodeLabel

if TYPE_CHECKING:
    from backtrace.explain.graph.module_calls import ModuleCallLog
    from backtrace.ledger.updates import Update


@dataclass
class BackwardSeen:
    """One backward of the update that is looked at, just after it returned.

    Args:
        where: the user's line of the call.
        calls: of modules, each named by the text of its id; `modules` are their names by that.
        names: of each leaf that a gradient came to, by the index of its node: the name in the
            books first, then the others that it has.
        held: `.grad` of the leaves as the backward found it.
        due: the optimizers whose update of the number asked for goes on; none of those that have
            not stepped yet, whose first it is.
        owners: the optimizer that steps each, by the same index; '' for none.
        given: what models were called on in the update, as far as it could have a gradient.
        added: leaves that stand for some of that, with the nodes that lead there.
        batch: how many rows models were given in the update.
        named: every tensor that has books, by its name there; `buffers` are those of the models.
    """

    graph: KeptGraph
    where: str
    calls: ModuleCallLog
    held: dict[int, Tensor | None]
    due: frozenset[str] = frozenset()
    labels: dict[int, NodeLabel] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    named: dict[str, Tensor] = field(default_factory=dict)
    buffers: dict[str, Tensor] = field(default_factory=dict)
    batch: frozenset[int] = frozenset()
    given: Sequence[Tensor] = ()
    added: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def in_order(self, nodes: Iterable[int]) -> list[int]:
        """Return leaves in the order that the books have them in."""
        places = {name: at for at, name in enumerate(self.named)}
        return sorted(nodes, key=lambda node: places.get(self.names[node][0], len(places)))

    def list_names(self) -> dict[str, None]:
        """Return all names of the leaves that a gradient came to, in that order."""
        return dict.fromkeys(name for at in self.in_order(self.names) for name in self.names[at])

    def is_before(self, optimizer: str) -> bool:
        """Whether it comes before an optimizer's update of the number asked for."""
        return bool(optimizer and self.due) and optimizer not in self.due


class Looker(Protocol):
    """Whoever looks at an update while it goes on."""

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        ...

    def look(self, seen: BackwardSeen) -> None:
        """A backward of the update has returned."""

    def before_step(self, optimizer: str) -> None:
        """A step of an optimizer is about to read the gradients."""

    def is_about(self, update: Update, owners: Mapping[str, str]) -> bool:
        """Whether an update of the number asked for is the one, and not another optimizer's.

        Args:
            owners: the optimizer that steps each tensor that has books, by all its names.
        """
        ...


def is_of_optimizer(update: Update, owners: Mapping[str, str], globs: Sequence[str]) -> bool:
    """Whether an update is of an optimizer that steps what globs choose, or of nobody else's.

    So it is where nothing is chosen, and where no tensor has such a name.
    """
    names = [
        name for name in owners if any(fnmatchcase(name, glob) or name == glob for glob in globs)
    ]
    found = {owners[name] for name in names}
    return not found or update.optimizer in found or found == {""}
