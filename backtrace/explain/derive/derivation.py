"""Derives one parameter's gradient at one update: from the loss back to it, and on to the step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from math import isclose

import torch
from torch import Tensor, nn

from backtrace.config.words import suggest
from backtrace.errors import UsageError
from backtrace.explain.chain.chain_rule import find_layers
from backtrace.explain.derive.links import parameter_symbol, slope_latex
from backtrace.explain.derive.numbers import from_reading, measure_gap, to_numbers
from backtrace.explain.derive.parts import Clipping, Derivation, Gap, Numbers, Part, Step
from backtrace.explain.derive.run import Observed, observe
from backtrace.explain.derive.walk import Walk, Way, walk
from backtrace.explain.rules import has_table_entry
from backtrace.ledger.updates import Row
from backtrace.train.training import Training

_MOST_EARLIER = 12  # updates that are told one by one
_PLAIN_CALLS = {"forward", "backward", "step", "zero_grad"}


def derive(
    training: Training, *, target: str = "", param: str | None = None, update: int = 1
) -> Derivation:
    """Return the derivation of a parameter's gradient; the training is run and used up.

    Args:
        param: its name; the first of the last layer with parameters when left out.
        update: the number of the update, from 1 up; those before it are trained.

    Raises:
        UsageError: no such parameter or update.
        ConfigError, DataError: torch or the data refuse something on the way.
    """
    name = _choose(training.model, param)
    _refuse_late(training, update)
    parameter = dict(training.model.named_parameters())[name]
    if not parameter.requires_grad:
        raise UsageError(
            f"--param {name}: it is frozen (requires_grad is False), so has no gradient"
        )
    dtype = parameter.dtype
    way = _find_way(training.model, parameter)
    seen = observe(training, parameter, way.tracked, update)
    count = len(seen.micro_batches)
    parts = count if training.loop.average else 1
    with torch.no_grad():
        walks = [walk(way, training.criterion, batch, parts) for batch in seen.micro_batches]
    row = seen.update.rows.get(name)
    total = _total(seen, walks)
    chain, chain_latex = _chain_rule(walks[0], name)
    return Derivation(
        target=target,
        update=update,
        param=name,
        shape=tuple(parameter.shape),
        loss=_loss(training, seen, parts),
        micro_batches=count,
        chain=chain,
        chain_latex=chain_latex,
        links=tuple(walks[0].links),
        terms=tuple(_terms(walks)),
        parts=tuple(_parts(seen, walks, row)),
        by_hand=None if total is None else to_numbers(total),
        grad=None if seen.grad is None else to_numbers(seen.grad),
        gap=_gap(seen, walks, total, dtype),
        clipping=_clipping(training, seen),
        step=_step(seen, row),
        notes=(*_notes(training, way, seen, walks), *_compare_books(seen, row)),
    )  # fmt: skip


def _choose(model: nn.Module, param: str | None) -> str:
    names = [name for name, _ in model.named_parameters()]
    if not names:
        raise UsageError("the model has no parameters")
    if param is None:
        names_of = {id(each): name for name, each in model.named_parameters()}
        last = [module for module in model.modules() if any(True for _ in _own(module))][-1]
        return names_of[id(next(_own(last)))]
    if param not in names:
        hint = suggest(param, names, label="there are")
        raise UsageError(f"--param {param}: no parameter has that name; {hint}")
    return param


def _own(module: nn.Module) -> Iterator[nn.Parameter]:
    yield from (each for each in module._parameters.values() if each is not None)


def _refuse_late(training: Training, update: int) -> None:
    planned = training.planned_updates
    if planned is not None and update > planned:
        text = f"--update {update}: the training has {planned} update{'s' * (planned != 1)}"
        raise UsageError(f"{text}; --set loop.updates={update} makes it longer")


def _find_way(model: nn.Module, parameter: nn.Parameter) -> Way:
    layers = find_layers(model)
    found: list[tuple[str, nn.Module, str]] = []
    if any(each is parameter for _, layer in layers or [] for each in layer.parameters()):
        whole = [layer for _, layer in layers or [] if has_table_entry(layer)]
    else:
        whole = []
    covered = {id(inner) for layer in whole for inner in layer.modules()}
    for name, module in model.named_modules():
        named = next((n for n, each in module.named_parameters() if each is parameter), "")
        is_owner = bool(named) and (has_table_entry(module) or "." not in named)
        if is_owner and id(module) not in covered:
            found.append((name or "model", module, named))
            covered |= {id(inner) for inner in module.modules()}
    return Way(parameter, layers, found)


def _loss(training: Training, seen: Observed, parts: int) -> float:
    """Return the loss of all micro-batches together, as `backward` was called on it."""
    terms = training.criterion.terms.values()
    return sum(
        term.weight / parts * float(heard.outputs[0])
        for batch in seen.micro_batches
        for term, heard in zip(terms, batch.losses, strict=True)
    )


def _total(seen: Observed, walks: list[Walk]) -> Tensor | None:
    """Return what `.grad` held, and all micro-batches, by hand; None if one is not derived."""
    grads = [each.grad for each in walks]
    known = [grad for grad in grads if grad is not None]
    if len(known) < len(grads):
        return None
    start = torch.zeros_like(known[0]) if seen.held is None else seen.held
    return sum(known, start=start)


def _gap(seen: Observed, walks: list[Walk], total: Tensor | None, dtype: torch.dtype) -> Gap | None:
    if total is None or seen.grad is None:
        return None
    held = 0.0 if seen.held is None else float(seen.held.abs().max())
    return measure_gap(total, seen.grad, [held, *(each.magnitude for each in walks)], dtype)


def _parts(seen: Observed, walks: list[Walk], row: Row | None) -> Iterator[Part]:
    if seen.held is not None and bool(seen.held.any()):
        held = to_numbers(seen.held)
        earlier = list(_earlier_parts(seen, row))
        yield from earlier or [Part("held from earlier updates", held, held)]
    added = row.added[-len(walks) :] if row else ()
    for at, (each, reading) in enumerate(zip_longest(walks, added), start=1):
        by_hand = None if each.grad is None else to_numbers(each.grad)
        yield Part(f"micro-batch {at}" if len(walks) > 1 else "this batch", by_hand,
                   from_reading(reading))  # fmt: skip


def _earlier_parts(seen: Observed, row: Row | None) -> Iterator[Part]:
    """Give what each earlier update added, where nothing but `backward` made `.grad` of it."""
    calls = {call.name for update in seen.earlier for call in update.calls}
    if row is None or len(seen.earlier) > _MOST_EARLIER or calls - _PLAIN_CALLS:
        return
    for update in seen.earlier:
        added = update.rows[row.name].added
        for at, reading in enumerate(added, start=1):
            which = f", micro-batch {at}" if len(added) > 1 else ""
            label = f"update {update.index}{which}, as recorded"
            numbers = from_reading(reading)
            yield Part(label, numbers, numbers)


def _terms(walks: list[Walk]) -> Iterator[Part]:
    for name in walks[0].terms:
        found = [each.terms[name] for each in walks if name in each.terms]
        if len(found) == len(walks):
            total = sum(found[1:], start=found[0])
            yield Part(name, to_numbers(total))


def _chain_rule(found: Walk, name: str) -> tuple[str, str]:
    letter = parameter_symbol(name.rpartition(".")[2])
    if not found.at:
        return "", ""
    tops = [symbols.y for symbols in found.at]
    steps = [f"∂{top}/∂{low}" for top, low in zip(tops, [*tops[1:], letter], strict=True)]
    latex = [symbols.y_latex for symbols in found.at]
    fractions = [
        rf"\frac{{\partial {top}}}{{\partial {low}}}"
        for top, low in zip(latex, [*latex[1:], letter], strict=True)
    ]
    text = " · ".join([f"∂L/∂{tops[0]}", *steps])
    whole = r" \cdot ".join([slope_latex(latex[0]), *fractions])
    return f"∂L/∂{letter} = {text}", f"{slope_latex(letter)} = {whole}"


def _clipping(training: Training, seen: Observed) -> Clipping | None:
    if training.clip is None or seen.grad is None or seen.clipped is None:
        return None
    calls = [call.name for call in seen.update.calls if call.name.startswith("clip")]
    before, after = to_numbers(seen.grad), to_numbers(seen.clipped)
    factor = after.norm / before.norm if before.norm else 1.0
    is_one = torch.allclose(seen.grad * factor, seen.clipped, rtol=1e-4, atol=1e-12)
    return Clipping(calls[-1] if calls else "clip", before, after, factor if is_one else None)


def _step(seen: Observed, row: Row | None) -> Step:
    if row is None:
        return Step(seen.update.type, None, None, None, None)
    values: list[Numbers | None] = [
        from_reading(each) for each in (row.value_before, row.change, row.value_after)
    ]
    return Step(seen.update.type, row.receipt, *values)


def _compare_books(seen: Observed, row: Row | None) -> Iterator[str]:
    """Yield where the recorder's `.grad` at the step is another than the one derived."""
    after = None if row is None else row.grad_after
    if seen.clipped is None or after is None:
        return
    norm = float(seen.clipped.norm())
    if not isclose(norm, after.norm, rel_tol=1e-3, abs_tol=1e-30):
        yield (
            f"step read another .grad than backward and clipping left: of norm {after.norm:.6g}, "
            f"not {norm:.6g}"
        )


def _notes(training: Training, way: Way, seen: Observed, walks: list[Walk]) -> Iterator[str]:
    if way.layers is None:
        kind = type(training.model).__name__
        own = "; its layers are derived from autograd's gradient at their outputs"
        yield f"{kind} has a forward of its own, which is not derived{own}"
    if any(each.grad is None for each in walks):
        yield "not derived by hand: no rule reached this parameter"
    if seen.grad is None:
        yield ".grad is None: no path leads from the loss to it; `backtrace graph` says why"
    if len(walks) > 1:
        yield f"the links are those of micro-batch 1 of {len(walks)}; the others go the same way"
    yield from seen.update.notes
    if training.synthetic:
        yield training.synthetic
