"""Derives the gradients that are asked for while an update of a running program goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backtrace.errors import UsageError
from backtrace.explain.derive.parts import Derivation
from backtrace.explain.live.asked_gradient import AskedGradient
from backtrace.explain.live.backward_seen import BackwardSeen, is_of_optimizer
from backtrace.explain.live.choose_leaves import find_last_leaves, match_leaves
from backtrace.explain.live.element_name import Element
from backtrace.explain.live.given_input import add_inputs, is_asked
from backtrace.explain.live.rounding import walk_twice
from backtrace.explain.live.row_sources import BackwardRows
from backtrace.ledger.events import GradsRescaled
from backtrace.ledger.updates import Update


class GradientsAsked:
    """The gradients that match some globs, or one of the last layer of each optimizer.

    Args:
        element: one element that is asked for beside, whose tensor is then what is asked for.
        rows: whether to tell which rows of the batch made them.
    """

    def __init__(
        self, globs: Sequence[str], element: Element | None = None, *, rows: bool = False
    ) -> None:
        self._globs = [element.name] if element is not None and not globs else list(globs)
        self._element = element
        self._has_rows = rows
        self._asked: dict[str, AskedGradient] = {}
        self._reached: dict[str, None] = {}
        self._problem: UsageError | None = None
        self._were_given = False  # whether models were given what may have a gradient

    def look(self, seen: BackwardSeen) -> None:
        """Derive what is asked for of one backward."""
        self._were_given = self._were_given or bool(seen.given)
        seen = add_inputs(seen) if is_asked(self._globs) else seen
        self._reached.update(
            dict.fromkeys(n for at in seen.in_order(seen.names) for n in seen.names[at])
        )
        chosen = self._choose(seen)
        chosen = [at for at in chosen if not seen.is_before(seen.owners.get(at, ""))]
        if not chosen:
            return
        walked = walk_twice(seen.graph, chosen)
        for index in seen.in_order(chosen):
            asked = self._open(seen, index)
            if asked is not None:
                asked.take(walked, seen, index)

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        return bool(self._reached)

    def before_step(self, optimizer: str) -> None:
        """Keep the gradients as the step is about to read them."""
        for each in self._asked.values():
            if each.owner in ("", optimizer):
                each.before_step()

    def is_about(self, update: Update, owners: Mapping[str, str]) -> bool:
        """Whether the update is of the optimizer that steps what was asked for."""
        return is_of_optimizer(update, owners, self._globs)

    def derive(
        self,
        update: Update,
        earlier: list[Update],
        *,
        target: str,
        rescaled: Sequence[GradsRescaled],
        notes: Sequence[str] = (),
    ) -> list[Derivation]:
        """Return the derivations, once the update is over.

        Raises:
            UsageError: no gradient came to what was asked for.
        """
        if self._problem is not None:
            raise self._problem
        if not self._reached:
            raise UsageError(
                f"update {update.index} has no backward of its own that could be looked at"
            )
        found = [each for each in self._asked.values() if each.walks]
        if self._globs and not found:
            raise UsageError(self._unmatched(update))
        if not self._globs:
            found = self._of_step(found, update)
        return [
            each.derive(update, earlier, target=target, rescaled=rescaled, notes=notes)
            for each in found
        ]

    def _choose(self, seen: BackwardSeen) -> list[int]:
        if self._globs:
            return match_leaves(seen.names, self._globs)
        owners = {asked.owner for asked in self._asked.values()}
        known = [at for at, names in seen.names.items() if names[0] in self._asked]
        last = find_last_leaves(seen.graph, seen.names, seen.owners)
        return [*known, *(at for owner, at in last.items() if owner not in owners)]

    def _open(self, seen: BackwardSeen, index: int) -> AskedGradient | None:
        name, leaf = seen.names[index][0], seen.graph.nodes[index].leaf
        assert leaf is not None
        if name not in self._asked:
            at = None
            if self._element is not None and self._element.name in seen.names[index]:
                try:
                    at = self._element.within(leaf.shape)
                except UsageError as problem:
                    self._problem = problem
            rows: list[BackwardRows] | None = [] if self._has_rows else None
            self._asked[name] = AskedGradient(name, leaf, at, seen.owners.get(index, ""), rows)
        return self._asked[name]

    def _of_step(self, found: list[AskedGradient], update: Update) -> list[AskedGradient]:
        """Return the one that the update's own optimizer steps, or else the first."""
        own = [each for each in found if each.owner == update.optimizer]
        moved = [
            each
            for each in found
            if each.name in update.rows and update.rows[each.name].change is not None
        ]
        return (own or moved or found)[:1]

    def _unmatched(self, update: Update) -> str:
        asked = ", ".join(self._globs)
        is_input = any(glob.partition("[")[0] == "input" for glob in self._globs)
        hint = ""
        if is_input:
            hint = "; an operation must be given the input itself, or x.requires_grad_() be called"
        if is_input and not self._were_given:
            hint = "; no model was given a floating-point tensor, and only such have a gradient"
        return (
            f"--param {asked}: no gradient came to a tensor of that name in update "
            f"{update.index}; it came to {', '.join(_first(self._reached))}{hint}"
        )


def _first(names: Iterable[str], most: int = 9) -> list[str]:
    found = list(names)
    return found if len(found) <= most else [*found[:most], f"{len(found) - most} more"]
