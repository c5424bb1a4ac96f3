"""Holds the gradients of one update of a running program against those by hand."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from backtrace.errors import UsageError
from backtrace.explain.chain.not_derived import NotDerived
from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.choose_leaves import match_leaves
from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import place_of
from backtrace.explain.live.rounding import WalkedTwice, measure_apart, walk_twice
from backtrace.explain.verify.verification_facts import (
    Check,
    GradientDifference,
    Verdict,
    Verification,
)
from backtrace.ledger.updates import Update


class GradientsChecked:
    """The gradients that an update's backwards made, each against its derivation by hand.

    Args:
        globs: over names; everything when there are none.
    """

    def __init__(self, globs: Sequence[str] = ()) -> None:
        self._globs = globs
        self._checks: list[Check] = []
        self._missing: dict[NotDerived, None] = {}
        self._rules: dict[str, str] = {}
        self._notes: dict[str, None] = {}
        self._reached: dict[str, None] = {}
        self._backwards = 0

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        return self._backwards > 0

    def look(self, seen: BackwardSeen) -> None:
        """Check one backward."""
        self._backwards += 1
        self._reached.update((name, None) for known in seen.names.values() for name in known)
        chosen = match_leaves(seen.names, self._globs) if self._globs else list(seen.names)
        if not chosen:
            return
        walked = walk_twice(seen.graph, chosen)
        for step in walked.exact.steps.values():
            kind = operation_name(step.node.name)
            if step.problem:
                place = place_of(step.node, seen.labels)
                self._missing[NotDerived(place, kind, step.problem)] = None
            elif step.rule is not None:
                texts = dict.fromkeys(each.text for each in step.rule.formulas)
                self._rules[kind] = "; ".join(texts).replace("{g}", "y.g")
        places = {name: at for at, name in enumerate(seen.named)}
        chosen.sort(key=lambda index: places.get(seen.names[index][0], len(places)))
        found = [self._check(walked, seen, index) for index in chosen]
        self._checks += found
        if any(check.verdict == "disagree" for check in found):
            first = walked.find_parting()
            at = "a leaf" if first is None else f"the output of {place_of(first.node, seen.labels)}"
            self._notes[f"by hand and autograd part first at {at}"] = None

    def before_step(self) -> None:
        """Nothing is asked of the step."""

    def verification(self, update: Update, *, target: str, notes: Sequence[str]) -> Verification:
        """Return what was found, once the update is over.

        Raises:
            UsageError: no backward was seen, or no gradient came to what was asked for.
        """
        if not self._backwards:
            raise UsageError(
                f"update {update.index} has no backward of its own that could be looked at"
            )
        if not self._checks:
            names = ", ".join([*self._reached][:9])
            raise UsageError(
                f"--param {', '.join(self._globs)}: no gradient came to a tensor of that name in "
                f"update {update.index}; it came to {names}"
            )
        return Verification(
            target=target,
            loss=float("nan") if update.loss is None else update.loss,
            whole=True,
            checks=tuple(self._checks),
            forms=(),
            missing=tuple(self._missing),
            rules=self._rules,
            notes=(*notes, *self._notes),
            samples=0,
            step=0.0,
            seed=0,
            update=update.index,
        )

    def _check(self, walked: WalkedTwice, seen: BackwardSeen, index: int) -> Check:
        graph: KeptGraph = walked.graph
        node, by_hand = graph.nodes[index], walked.exact.leaves.get(index)
        assert node.leaf is not None
        arrived = node.arrived[0] if node.arrived else None
        difference, reason = None, "not derived by hand: autograd's gradient was not seen"
        if by_hand is not None and arrived is not None:
            difference, reason = _compare(by_hand, arrived, walked.bound(index)), ""
        verdict: Verdict = "not checked"
        if difference is not None:
            verdict = "two agree" if difference.is_close else "disagree"
        leads = graph.leading_to([index])
        taken = sum(leads[step.node.index] for step in walked.exact.not_derived)
        if taken:
            some = "one operation" if taken == 1 else f"{taken} operations"
            reason = f"{some} on the way not derived: autograd's gradient there"
        suffix = f" #{self._backwards}" if self._backwards > 1 else ""
        return Check(
            name=seen.names[index][0] + suffix,
            kind="parameter",
            rule=_name_rules(walked, index),
            shape=tuple(node.leaf.shape),
            by_hand=difference,
            finite=None,
            sampled=0,
            kinks=0,
            verdict=verdict,
            reason=reason,
        )


def _compare(by_hand: Tensor, arrived: Tensor, bound: float) -> GradientDifference:
    apart = measure_apart(by_hand, arrived)
    largest = float(by_hand.abs().max()) if by_hand.numel() else 0.0
    relative = 0.0 if apart == 0 else apart / largest if largest else None
    return GradientDifference(apart, relative, apart <= bound)


def _name_rules(walked: WalkedTwice, index: int) -> str:
    """Return the operations that a leaf went into, without moves, each once."""
    names: dict[str, None] = {}
    waiting = [index]
    while waiting:
        for at in walked.graph.makers.get(waiting.pop(), []):
            step = walked.exact.steps.get(at)
            if step is not None and step.rule is not None and step.rule.moves:
                waiting.append(at)
            elif step is not None:
                names[operation_name(step.node.name)] = None
    return ", ".join(names)
