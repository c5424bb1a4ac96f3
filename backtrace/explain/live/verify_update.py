"""Holds the gradients of one update of a running program against those by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from backtrace.errors import UsageError
from backtrace.explain.chain.not_derived import NotDerived
from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.backward_seen import BackwardSeen, is_of_optimizer
from backtrace.explain.live.by_hand import NodeStep
from backtrace.explain.live.choose_leaves import match_leaves
from backtrace.explain.live.given_input import NOT_COMPUTED, add_inputs, is_asked, list_remarks
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
        self._checks: list[tuple[BackwardSeen, list[Check]]] = []
        self._missing: dict[NotDerived, None] = {}
        self._rules: dict[str, str] = {}
        self._notes: dict[str, None] = {}
        self._reached: dict[str, None] = {}
        self._is_met = False

    @property
    def has_seen(self) -> bool:
        """Whether any backward was looked at."""
        return self._is_met

    def look(self, seen: BackwardSeen) -> None:
        """Check one backward."""
        seen = add_inputs(seen) if is_asked(self._globs) else seen
        self._is_met = True
        self._reached.update(
            dict.fromkeys(n for at in seen.in_order(seen.names) for n in seen.names[at])
        )
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
        checks = [self._check(walked, seen, index) for index in seen.in_order(chosen)]
        for leaf in (index for index in chosen if index in seen.added):
            self._notes.update(dict.fromkeys(list_remarks(seen, leaf, None)))
        first = walked.find_parting()
        if first is not None:
            checks.append(_check_inner(first, place_of(first.node, seen.labels)))
        self._checks.append((seen, checks))

    def before_step(self, optimizer: str) -> None:
        """Nothing is asked of the step."""

    def is_about(self, update: Update, owners: Mapping[str, str]) -> bool:
        """Whether the update is of the optimizer that steps what was asked for."""
        return is_of_optimizer(update, owners, self._globs)

    def verification(self, update: Update, *, target: str, notes: Sequence[str]) -> Verification:
        """Return what was found, once the update is over.

        Raises:
            UsageError: no backward was seen, or no gradient came to what was asked for.
        """
        if not self._is_met:
            raise UsageError(
                f"update {update.index} has no backward of its own that could be looked at"
            )
        checks = [
            [replace(each, name=f"{each.name} #{at}" if at > 1 else each.name) for each in found]
            for at, found in enumerate(self._of(update.optimizer), start=1)
        ]
        if not checks:
            names = ", ".join([*self._reached][:9])
            raise UsageError(
                f"--param {', '.join(self._globs)}: no gradient came to a tensor of that name in "
                f"update {update.index}; it came to {names}"
            )
        return Verification(
            target=target,
            loss=float("nan") if update.loss is None else update.loss,
            whole=True,
            checks=tuple(each for found in checks for each in found),
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
        if index in seen.added:
            reason = NOT_COMPUTED
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
        return Check(
            name=seen.names[index][0],
            kind="input" if seen.names[index][0].partition("[")[0] == "input" else "parameter",
            rule=_name_rules(walked, index),
            shape=tuple(node.leaf.shape),
            by_hand=difference,
            finite=None,
            sampled=0,
            kinks=0,
            verdict=verdict,
            reason=reason,
        )

    def _of(self, optimizer: str) -> list[list[Check]]:
        """Return the checks of each backward since the optimizer's last step."""
        return [checks for seen, checks in self._checks if not seen.is_before(optimizer)]


def _check_inner(step: NodeStep, place: str) -> Check:
    """Return what a node's output says where autograd has another gradient there."""
    at = next(at for at, grad in enumerate(step.node.arrived or ()) if grad is not None)
    arrived = (step.node.arrived or ())[at]
    assert arrived is not None
    return Check(
        name=f"output of {place}",
        kind="inner",
        rule="",
        shape=tuple(arrived.shape),
        by_hand=_compare(step.grads[at], arrived, 0.0),
        finite=None,
        sampled=0,
        kinks=0,
        verdict="disagree",
        reason="the first gradient on the way that is another by hand: a hook has changed it, "
        "or a rule is wrong",
    )


def _compare(by_hand: Tensor, arrived: Tensor, bound: float) -> GradientDifference:
    apart = measure_apart(by_hand, arrived)
    largest = float(by_hand.abs().max()) if by_hand.numel() else 0.0
    relative = 0.0 if apart == 0 else apart / largest if largest > bound else None
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
