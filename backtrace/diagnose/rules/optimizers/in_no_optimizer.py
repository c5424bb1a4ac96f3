"""A trainable parameter gets gradients, and no optimizer holds it.

## What it sees
A parameter of a model with `requires_grad` that a backward gives a gradient, and that is in no
group of any optimizer, while other parameters are being trained.

## Why it matters
It keeps the value that it was made with. The rest of the model learns to live with it, so the
loss still falls, only less than it could.

## Example
    encoder, decoder = Encoder(), Decoder()
    optimizer = torch.optim.Adam(encoder.parameters())

## Instead
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])

A part that is made later is handed over with `optimizer.add_param_group`. A part that is not to
be trained says so with `requires_grad_(False)`, which also saves computing its gradient.

## When it is intended
A pretrained body whose head alone is given to the optimizer, a network that only measures another's
output (it is in evaluation mode, or is called on that and on the target, one after the other), and
a copy that loads what its model of the same class has learned, as a target network does, are left
out on purpose: of these this is only a note, unless an optimizer lists another model twice, where
this one belongs. Norms are, too, where an option such as `train_bn=False` says so. When nothing of
any model is held, as where an image is optimized, it says nothing.

## Source
torch.optim, "Constructing it", PyTorch documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from math import prod

from backtrace.diagnose.batch_norms import parameters_of_norms
from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.holdings import Holdings, edited_values, listed, read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule, Severity
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, ForwardRan, ParameterSeen, StepTaken
from backtrace.ledger.source_facts import SlipSeen
from backtrace.ledger.state_facts import StateLoaded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model's parameters that get gradients for nobody."""
    holdings = read_holdings(run)
    parameters = [n for n, seen in run.parameters.items() if seen.kind == "parameter"]
    if not run.steps or not any(holdings.held.get(name) for name in parameters):
        return
    orphans = holdings.orphans(run)
    if holdings.idle(orphans):
        return  # an optimizer of other tensors: stale-optimizer's
    if holdings.carried_back(run, orphans):
        return  # a worker's gradients are those of the model that it is a copy of
    successors = {n for owner in holdings.left for n in holdings.successors(owner, orphans)}
    lost = set(orphans) - successors - run.learned_later - _told_to_rest(run)
    yield from _loose(run, holdings)
    for model, members in _by_model(run, parameters).items():
        found = tuple(name for name in members if name in lost)
        if found and not _is_too_early(run, model, members, found, holdings):
            finding = _found(run, members, found, holdings)
            if original := _find_original(run, model, holdings):
                fix = f"call {model} under torch.no_grad(): it is a copy of {original}"
                yield replace(finding, severity="note", fix=fix)
                continue
            if taken := _find_listed_twice(run, model, members, holdings):
                yield _in_place_of(run, model, taken, finding)
                continue
            yield replace(finding, severity=_severity(run, model, members, set(found), holdings))


def _told_to_rest(run: Stretch) -> set[str]:
    """Return what norms hold, where an option such as `train_bn=False` leaves them out."""
    if not any(event.kind == "norms-to-freeze" for event in run.of(SlipSeen)):
        return set()
    return parameters_of_norms(run)


def _found(run: Stretch, members: list[str], found: tuple[str, ...], holdings: Holdings) -> Finding:
    first = min((holdings.reached[name] for name in found), key=lambda event: event.index)
    # What has been renamed since stands in that backward under the name that it had.
    reading = next((first.grads[n].delta for n in found if n in first.grads), None)
    return RULE.found(
        f"{listed(found)} {'gets' if len(found) == 1 else 'get'} gradients, and no optimizer "
        f"holds {'it' if len(found) == 1 else 'them'}",
        "give the optimizer these parameters too (add_param_group, if they were made later), "
        "or freeze them with requires_grad_(False)",
        run.update_at(first),
        _made(run, members, holdings, first) or first.where,
        found,
        tensors=len(found),
        held_of_this_model=sum(bool(holdings.held.get(name)) for name in members),
        gradient_norm=reading.norm if reading else 0.0,
    )


def _find_listed_twice(
    run: Stretch, model: str, members: list[str], holdings: Holdings
) -> tuple[str, str] | None:
    """Return an optimizer that lists another model twice, and that one; None for a model at rest.

    A model that only measures is listed nowhere, and its optimizer lists no other one twice.
    """
    forwards = [event for event in run.of(ForwardRan) if event.module == model]
    is_at_rest = bool(forwards) and not any(event.training for event in forwards)
    if is_at_rest or not model or any(map(holdings.held.get, members)):
        return None
    for optimizer, seen in run.optimizers.items():
        counts = Counter(name for group in seen.groups for name in group.parameters)
        twice = {name for name, count in counts.items() if count == 2}
        for other, found in run.models.items():
            if found.parameters and other != model and twice == set(found.parameters):
                return optimizer, other
    return None


def _in_place_of(run: Stretch, model: str, taken: tuple[str, str], finding: Finding) -> Finding:
    """Say of what is left out which other model was listed twice instead."""
    optimizer, other = taken
    return replace(
        finding,
        message=finding.message + f": {optimizer} lists {other} twice",
        fix=f"give {optimizer} {model}.parameters() where it lists those of {other} again",
        where=run.optimizers[optimizer].where,
    )


def _made(run: Stretch, members: list[str], holdings: Holdings, first: BackwardRan) -> str:
    """Return where the optimizer was made that holds the rest of a model, if it is one.

    Of several, as where a part was trained before, it is the one that steps after `first`. A model
    of which nothing is held belongs into the run's only optimizer.
    """
    owners = {owner for name in members for owner in holdings.held.get(name, ())}
    steps = (each.optimizer for each in run.of(StepTaken) if each.index > first.index)
    if not owners:
        owners = set(run.optimizers) if len(run.optimizers) == 1 else set()
    owner = next(iter(owners)) if len(owners) == 1 else next((o for o in steps if o in owners), "")
    seen = run.optimizers.get(owner)
    return seen.where if seen is not None else ""


def _find_original(run: Stretch, model: str, holdings: Holdings) -> str:
    """Return the trained model of the same class whose state a model of nobody's has loaded.

    One that has no name yet when it loads a state goes by its class: such loads tell nothing
    where there are as many as models. Where the beginning is missing, they are not asked for.
    """
    seen = run.models.get(model)
    if seen is None or any(map(holdings.held.get, seen.parameters)):
        return ""
    loads = [e for e in run.of(StateLoaded) if e.kind == "model" and e.tensors == e.holds]
    is_loaded = any(load.target == model for load in loads)
    of_class = sum(load.target == seen.type for load in loads)
    is_one = of_class == 1 or of_class > sum(m.type == seen.type for m in run.models.values())
    twins = [
        name
        for name, other in run.models.items()
        if other.type == seen.type and all(map(holdings.held.get, other.parameters))
    ]
    return twins[0] if len(twins) == 1 and (is_loaded or is_one or not run.is_start) else ""


def _loose(run: Stretch, holdings: Holdings) -> Iterator[Judgement]:
    """Give single numbers outside of any model that get gradients again and again."""
    seen = Counter(event.name for event in run.of(ParameterSeen))
    edited = edited_values(run)
    for name, event in run.parameters.items():
        is_number = event.kind == "tensor" and prod(event.shape) == 1 and seen[name] == 1
        if not is_number or holdings.held.get(name) or name in edited:
            continue
        reached = [b for b in run.of(BackwardRan) if name in reached_by(b)]
        updates = list(dict.fromkeys(map(run.update_at, reached)))
        if len(updates) > 1:
            yield RULE.found(
                f"{name} gets gradients, and no optimizer holds it",
                f"give the optimizer {name} too, if it is to be learned",
                updates[1],
                reached[0].where,
                (name,),
                updates_with_gradient=len(updates),
            )


def _by_model(run: Stretch, parameters: list[str]) -> dict[str, list[str]]:
    """Return the parameters of each model, in its order; of none that is known, under ''."""
    found = {name: list(model.parameters) for name, model in run.models.items()}
    known = {name for members in found.values() for name in members}
    found[""] = [name for name in parameters if name not in known]
    return found


def _severity(
    run: Stretch, model: str, members: list[str], orphans: set[str], holdings: Holdings
) -> Severity:
    """A body left out before its head, and a model at rest, are most likely left out on purpose."""
    held = [name for name in members if holdings.held.get(name)]
    unfrozen = {seen.name for seen in run.of(ParameterSeen) if not seen.requires_grad}
    if orphans & unfrozen:  # somebody wants them to be trained now
        return "warning"
    if not held:
        forwards = [event for event in run.of(ForwardRan) if event.module == model]
        is_at_rest = bool(forwards) and not any(event.training for event in forwards)
        return "note" if is_at_rest or _is_measure(run, model, orphans) else "warning"
    last = max(members.index(name) for name in orphans)
    is_body = all(members.index(name) > last for name in held)
    has_modules = all("." in name for name in orphans)
    return "note" if is_body and has_modules and len(orphans) > len(held) else "warning"


def _is_too_early(
    run: Stretch, model: str, members: list[str], found: tuple[str, ...], holdings: Holdings
) -> bool:
    """Whether only one update of a model held by none was seen, and that without its calls."""
    first = min(holdings.reached[name].index for name in found)
    called = (event.index for event in run.of(ForwardRan) if event.module == model)
    if any(map(holdings.held.get, members)) or any(index < first for index in called):
        return False
    backwards = (b for b in run.of(BackwardRan) if not reached_by(b).isdisjoint(found))
    return len({run.update_at(backward) for backward in backwards}) < 2


def _is_measure(run: Stretch, model: str, orphans: set[str]) -> bool:
    """Whether it compares two things: it is called twice in a row, right before a backward.

    Its first calls may be missing: a model that nobody named is met in the first backward.
    """
    called: list[str] = []
    for event in run.events:
        if isinstance(event, ForwardRan):
            called.append(event.module)
        elif isinstance(event, BackwardRan) and not orphans.isdisjoint(reached_by(event)):
            if called[-2:] == [model, model]:
                return True
            called = []
    return False


RULE = Rule(
    "BT201",
    "in-no-optimizer",
    "warning",
    check,
    __doc__,
    needs=(FACTS,),
    cure="add_group={parameters}",
)
