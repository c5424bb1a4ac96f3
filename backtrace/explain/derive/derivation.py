"""Derives one parameter's gradient in one update: from the loss back to it, and on to the step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import isclose

import torch
from torch import Tensor

from backtrace.explain.derive.layer_links import slope_latex
from backtrace.explain.derive.observed import ObservedUpdate
from backtrace.explain.derive.parameter_path import ParameterPath
from backtrace.explain.derive.parts import (
    Derivation,
    ElementSum,
    Gap,
    Part,
    Step,
    TensorNumbers,
)
from backtrace.explain.derive.rescalings import list_rescalings
from backtrace.explain.derive.tensor_numbers import from_reading, measure_gap, to_numbers
from backtrace.explain.derive.walk_back import BatchDerivation, walk_back
from backtrace.ledger.updates import Row
from backtrace.train.loss_mix import LossMix

_MOST_EARLIER = 12  # updates that are told one by one
_PLAIN_CALLS = {"forward", "backward", "step", "zero_grad"}


def derive(
    path: ParameterPath,
    criterion: LossMix,
    seen: ObservedUpdate,
    *,
    target: str = "",
    remarks: Sequence[str] = (),
) -> Derivation:
    """Return the derivation of a parameter's gradient in an update that was captured.

    Args:
        criterion: the losses of the update, weighted.
        remarks: what else must be known of the training, as notes at the end.
    """
    with torch.no_grad():
        walks = [walk_back(path, criterion, batch, seen.parts) for batch in seen.micro_batches]
    return put_together(
        path.name,
        tuple(path.parameter.shape),
        walks,
        seen,
        chain=_chain_rule(walks[0]),
        target=target,
        notes=(*_notes(path, seen, walks), *remarks),
    )


def put_together(
    name: str,
    shape: tuple[int, ...],
    walks: list[BatchDerivation],
    seen: ObservedUpdate,
    *,
    chain: tuple[str, str],
    target: str,
    notes: Sequence[str],
    element: ElementSum | None = None,
    batch: str = "micro-batch",
) -> Derivation:
    """Return the derivation that walks back from each backward of an update come to.

    Args:
        walks: at least one, in the order of the backwards.
        chain: the chain rule in one line, and the same as LaTeX.
        batch: what one of several backwards is called.
    """
    row = seen.update.rows.get(name)
    total = _total(seen, walks)
    return Derivation(
        target=target,
        update=seen.update.index,
        param=name,
        shape=shape,
        loss=seen.loss,
        micro_batches=len(walks),
        chain=chain[0],
        chain_latex=chain[1],
        links=tuple(walks[0].links),
        terms=tuple(_terms(walks)),
        parts=tuple(_parts(seen, walks, row, batch)),
        by_hand=None if total is None else to_numbers(total),
        grad=None if seen.grad is None else to_numbers(seen.grad),
        gap=_gap(seen, walks, total),
        rescalings=tuple(list_rescalings(name, seen)),
        step=_step(seen, row),
        notes=(*notes, *_compare_books(seen, row)),
        element=element,
    )


def _total(seen: ObservedUpdate, walks: list[BatchDerivation]) -> Tensor | None:
    """Return what `.grad` held, and all micro-batches, by hand; None if one is not derived."""
    grads = [each.grad for each in walks]
    known = [grad for grad in grads if grad is not None]
    if len(known) < len(grads):
        return None
    start = torch.zeros_like(known[0]) if seen.held is None else seen.held
    return sum(known, start=start)


def _gap(seen: ObservedUpdate, walks: list[BatchDerivation], total: Tensor | None) -> Gap | None:
    if total is None or seen.grad is None:
        return None
    held = 0.0 if seen.held is None else float(seen.held.abs().max())
    magnitudes = [held, *(each.magnitude for each in walks)]
    depth = max(each.depth for each in walks) + len(walks) - 1
    return measure_gap(total, seen.grad, magnitudes, seen.dtype, depth)


def _parts(
    seen: ObservedUpdate, walks: list[BatchDerivation], row: Row | None, batch: str
) -> Iterator[Part]:
    if seen.held is not None and bool(seen.held.any()):
        held = to_numbers(seen.held)
        earlier = list(_earlier_parts(seen, row))
        yield from earlier or [Part("held from earlier updates", held, held)]
    added = row.added[-len(walks) :] if row else ()
    for at, (each, reading) in enumerate(zip_longest(walks, added), start=1):
        by_hand = None if each.grad is None else to_numbers(each.grad)
        yield Part(f"{batch} {at}" if len(walks) > 1 else "this batch", by_hand,
                   from_reading(reading))  # fmt: skip


def _earlier_parts(seen: ObservedUpdate, row: Row | None) -> Iterator[Part]:
    """Give what each earlier update added, where nothing but `backward` made `.grad` of it."""
    calls = {call.name for update in seen.earlier for call in update.calls}
    if row is None or len(seen.earlier) > _MOST_EARLIER or calls - _PLAIN_CALLS:
        return
    for update in seen.earlier:
        added = update.rows[row.name].added
        for at, reading in enumerate(added, start=1):
            label = f"update {update.index}, as recorded"
            if len(added) > 1:
                label = f"update {update.index}, micro-batch {at}, as recorded"
            numbers = from_reading(reading)
            yield Part(label, numbers, numbers)


def _terms(walks: list[BatchDerivation]) -> Iterator[Part]:
    for name in walks[0].terms:
        found = [each.terms[name] for each in walks if name in each.terms]
        if len(found) == len(walks):
            total = sum(found[1:], start=found[0])
            yield Part(name, to_numbers(total))


def _chain_rule(found: BatchDerivation) -> tuple[str, str]:
    letter, letter_latex = found.letter
    if not found.at:
        return "", ""
    tops = [symbols.y for symbols in found.at]
    steps = [f"∂{top}/∂{low}" for top, low in zip(tops, [*tops[1:], letter], strict=True)]
    latex = [symbols.y_latex for symbols in found.at]
    fractions = [
        rf"\frac{{\partial {top}}}{{\partial {low}}}"
        for top, low in zip(latex, [*latex[1:], letter_latex], strict=True)
    ]
    text = " · ".join([f"∂L/∂{tops[0]}", *steps])
    whole = r" \cdot ".join([slope_latex(latex[0]), *fractions])
    return f"∂L/∂{letter} = {text}", f"{slope_latex(letter_latex)} = {whole}"


def _step(seen: ObservedUpdate, row: Row | None) -> Step:
    if row is None:
        return Step(seen.update.type, None, None, None, None)
    values: list[TensorNumbers | None] = [
        from_reading(each) for each in (row.value_before, row.change, row.value_after)
    ]
    return Step(seen.update.type, row.receipt, *values)


def _compare_books(seen: ObservedUpdate, row: Row | None) -> Iterator[str]:
    """Yield where the recorder's `.grad` at the step is another than the one derived."""
    after = None if row is None else row.grad_after
    if seen.at_step is None or after is None:
        return
    norm = float(seen.at_step.norm())
    if not isclose(norm, after.norm, rel_tol=1e-3, abs_tol=1e-30):
        yield (
            f"step read another .grad than backward and clipping left: of norm {after.norm:.6g}, "
            f"not {norm:.6g}"
        )


def _notes(
    path: ParameterPath, seen: ObservedUpdate, walks: list[BatchDerivation]
) -> Iterator[str]:
    if path.layers is None:
        kind = type(path.model).__name__
        own = "; its layers are derived from autograd's gradient at their outputs"
        yield f"{kind} has a forward of its own, which is not derived{own}"
    if any(each.grad is None for each in walks):
        yield "not derived by hand: no rule reached this parameter"
    if seen.grad is None:
        yield ".grad is None: no path leads from the loss to it; `backtrace graph` says why"
    if len(walks) > 1:
        yield f"the links are those of micro-batch 1 of {len(walks)}; the others go the same way"
    yield from seen.update.notes
