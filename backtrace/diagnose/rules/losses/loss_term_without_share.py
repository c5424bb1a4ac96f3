"""A term of the loss has a value and no gradient.

## What it sees
A term that `note_loss` announced changes from update to update, and its gradient is exactly zero
in every parameter and every update. Where nothing was announced: in three updates or more the loss
is that of one loss function plus a fixed multiple of another's that no graph leads to, or plus a
number without a graph that is another each time.

## Why it matters
The term is in the number that is printed and not in what the model is trained on: it was computed
from a detached tensor, from a number, or by an operation without a gradient.

## Example
    sparsity = encoder(x).detach().abs().mean()
    loss = reconstruction + 0.1 * sparsity

## Instead
    sparsity = encoder(x).abs().mean()
    loss = reconstruction + 0.1 * sparsity

## When it is intended
A term whose weight is zero, or which is held constant by a clamp (the free bits of a VAE), has no
gradient either. Its value does not change, and this rule is silent; so it is where optimizers hold
frozen parameters, for networks may take turns, and where a frozen head may have made the term.

## Source
torch.Tensor.detach, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backtrace.diagnose.dead_calls import find_dead_calls
from backtrace.diagnose.dead_terms import find_dead_terms
from backtrace.diagnose.graph_lines import line_at
from backtrace.diagnose.needs import UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.terms import TERMS, is_mixed, shared_updates
from backtrace.ledger.events import ForwardRan, ParameterSeen
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each term that moved and gave nothing."""
    if not is_mixed(run) and not _takes_turns(run):
        found = list(_dead_calls(run))
        yield from found or ([] if find_dead_calls(run) else _dead_terms(run))
    updates = list(shared_updates(run))
    for term in updates[0].values if updates else ():
        norms = [update.split.norms.get(term, 0.0) for update in updates]
        values = [update.values.get(term, 0.0) for update in updates]
        if len(updates) >= _ENOUGH and not any(norms) and len(set(values)) > 1:
            yield RULE.found(
                f"the loss term {term} gives no gradient to any parameter",
                f"compute {term} from the model's output without .detach(), .item() or .data",
                updates[1].number,
                updates[1].where,
                gradient_norm=0.0,
                first_value=values[0],
                last_value=values[-1],
            )


def _takes_turns(run: Stretch) -> bool:
    """Whether something that an optimizer holds is frozen: its term may have to wait its turn."""
    held = {
        name
        for event in run.of(OptimizerSeen)
        for group in event.groups
        for name in group.parameters
    }
    return any(seen.name in held and not seen.requires_grad for seen in run.of(ParameterSeen))


def _is_of_frozen(run: Stretch, widths: Collection[int] = ()) -> bool:
    """Whether a frozen layer may have made a term, and was given nothing that had been cut off.

    Such a layer returns one of `widths`, where they are known; what it says of data as they are can
    have no gradient, and whoever froze it knows.
    """
    if any(forward.cut_from for forward in run.of(ForwardRan)):
        return False
    returned = {width for graph in run.of(GraphSeen) for width in graph.frozen}
    if returned & set(widths) if widths else returned:
        return True
    return any(
        seen.kind == "parameter" and not seen.requires_grad and seen.shape
        and (not widths or seen.shape[0] in widths)
        for seen in run.of(ParameterSeen)
    )  # fmt: skip


def _dead_calls(run: Stretch) -> Iterator[Judgement]:
    """Give the loss function whose value is in the loss, in a fixed measure, without a graph."""
    found = find_dead_calls(run)
    if found and not _is_of_frozen(run, found[0].widths):
        function, values = found[0].function, [each.value for each in found]
        yield RULE.found(
            f"the loss holds {found[0].weight:.3g} times what {function} returned, and no graph "
            "leads there: it gives no gradient",
            f"give {function} the model's output without .detach(), .item() or .data",
            found[1].number,
            found[0].where,
            gradient_norm=0.0,
            first_value=values[0],
            last_value=values[-1],
        )


def _dead_terms(run: Stretch) -> Iterator[Judgement]:
    """Give what is added to the one loss function with a graph, when it moves and has none."""
    found = find_dead_terms(run)
    if found and not _is_of_frozen(run):
        yield RULE.found(
            f"something is added to what {found[0].function} returned that no graph leads to: it "
            "changes the loss and gives no gradient",
            "compute each term of the loss from the model's output or parameters, without "
            ".detach(), .item(), .data, no_grad or argmax",
            found[1].number,
            line_at(run, found[0].where, "cut_term") or found[0].where,
            gradient_norm=0.0,
            first_value=found[0].value,
            last_value=found[-1].value,
        )


RULE = Rule("BT407", "loss-term-without-share", "warning", check, __doc__, needs=(TERMS, UNSAMPLED))
