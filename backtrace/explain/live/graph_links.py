"""The links of a walk over a graph: an equation for each stage from the loss to one leaf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from backtrace.explain.derive.layer_links import slope_latex
from backtrace.explain.derive.parts import Factor, Link
from backtrace.explain.derive.tensor_numbers import to_numbers
from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.by_hand import NodeStep, Walk
from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import Labels, NodeLabel, title_of
from backtrace.explain.live.stages import Stage
from backtrace.explain.nodes.node_rule import Formula

_LETTERS = {"weight": "w", "bias": "b"}


@dataclass(frozen=True)
class GraphTold:
    """A graph, one walk over it, and what its nodes are called."""

    graph: KeptGraph
    walked: Walk
    labels: Labels


def letter_of(name: str) -> tuple[str, str]:
    """Return what a leaf is called in formulas, as text and as LaTeX."""
    last = re.split(r"[.\[]", name.rstrip("]'\""))[-1].strip("'\"")
    last = last if last.isidentifier() else name
    letter = _LETTERS.get(last, last)
    return letter, letter if len(letter) == 1 else rf"\text{{{letter.replace('_', ' ')}}}"


def graph_links(told: GraphTold, stages: list[Stage], name: str) -> list[Link]:
    """Return the links from the loss to the leaf of that name, whose stages these are."""
    letter = letter_of(name)
    makers: dict[int, int] = {}
    for stage in stages:
        for to, _ in stage.inputs:
            makers[to] = makers.get(to, 0) + 1
    links: list[Link] = []
    for at, stage in enumerate(stages):
        if at and makers.get(at, 0) > 1:
            links.append(_link_sum(told, stage, makers[at]))
        links += _link_stage(told, stages, stage, letter, makers)
    return links


def _link_stage(
    told: GraphTold,
    stages: list[Stage],
    stage: Stage,
    letter: tuple[str, str],
    makers: dict[int, int],
) -> Iterator[Link]:
    first, last = (told.walked.steps[stage.nodes[at]] for at in (0, -1))
    place, kind, where = _head(told, stage)
    if stage.symbol == "L" and told.graph.loss is not None and not stage.moves:
        yield _link_value(told, first, (place, kind, where))
    for to, at in stage.inputs:
        symbol = letter[0] if to < 0 else stages[to].symbol
        grad = last.given[at]
        if grad is None:
            continue
        text, shown = _worded(told, stage, last, at)
        share = "" if makers[to] == 1 else "a part of "
        yield Link(
            place=place,
            kind=kind,
            symbol=f"{share}∂L/∂{symbol}",
            formula=text,
            latex="",
            result=to_numbers(grad),
            factors=shown,
            shapes=_moved(first, grad, stage),
            source="autograd" if last.problem else "by hand",
            note=f"not derived: {last.problem}; autograd's gradient" if last.problem else "",
            where=where,
        )


def _link_value(told: GraphTold, step: NodeStep, head: tuple[str, str, str]) -> Link:
    letters = ", ".join(dict.fromkeys(_letters(step)))
    operation = operation_name(step.node.name)
    place, kind, where = head
    assert told.graph.loss is not None
    return Link(
        place=place,
        kind=kind,
        symbol="L",
        formula=f"{operation}({letters})",
        latex="",
        result=to_numbers(step.grads[0].new_full((), told.graph.loss)),
        factors=tuple(_factors(told, step, Formula("", _all_shown(step)))),
        where=where,
    )


def _link_sum(told: GraphTold, stage: Stage, count: int) -> Link:
    grads = told.walked.steps[stage.nodes[0]].grads
    place, kind, where = _head(told, stage)
    return Link(
        place=place,
        kind=kind,
        symbol=f"∂L/∂{stage.symbol}",
        formula=f"the sum of its {count} parts",
        latex=rf"{slope_latex(stage.latex)} = \text{{the sum of its {count} parts}}",
        result=to_numbers(grads[0] if len(grads) == 1 else _largest(grads)),
        where=where,
    )


def _largest(grads: tuple[Tensor, ...]) -> Tensor:
    return max(grads, key=lambda grad: float(grad.norm()))


def _head(told: GraphTold, stage: Stage) -> tuple[str, str, str]:
    node = told.graph.nodes[stage.nodes[0]]
    place, kind = title_of(node, told.labels)
    others = [operation_name(told.graph.nodes[at].name) for at in stage.nodes[1:]]
    where = told.labels.get(node.index, NodeLabel()).where
    return place, ", ".join([kind, *others]), where


def _worded(
    told: GraphTold, stage: Stage, last: NodeStep, at: int
) -> tuple[str, tuple[Factor, ...]]:
    """Return the formula of a link with the derivation's own names, and what it is filled with."""
    if last.rule is None:
        return "", ()
    formula = last.rule.formula(at)
    text = formula.text
    if len(stage.nodes) > 1:
        text = "{g}, moved back"
    is_root = stage.symbol == "L" and last.grads[0].numel() == 1 and float(last.grads[0]) == 1
    if is_root:
        text = text.replace("{g}·", "").replace("·{g}", "").replace("{g}", "1")
    shown = () if is_root and told.graph.loss is not None else tuple(_factors(told, last, formula))
    return text.replace("{g}", f"∂L/∂{stage.symbol}"), shown


def _factors(told: GraphTold, step: NodeStep, formula: Formula) -> Iterator[Factor]:
    for letter, saved in formula.shown.items():
        value = step.node.saved.get(saved)
        if isinstance(value, Tensor):
            yield Factor(letter, letter, to_numbers(value.cpu()))
        elif isinstance(value, int | float):
            yield Factor(letter, letter, to_numbers(step.grads[0].new_full((), value)))


def _all_shown(step: NodeStep) -> dict[str, str]:
    formulas = step.rule.formulas if step.rule else ()
    return {letter: saved for formula in formulas for letter, saved in formula.shown.items()}


def _letters(step: NodeStep) -> list[str]:
    return [*_all_shown(step)] or ["…"]


def _moved(first: NodeStep, grad: Tensor, stage: Stage) -> tuple[str, ...]:
    shapes = str(tuple(first.grads[0].shape)), str(tuple(grad.shape))
    return shapes if shapes[0] != shapes[1] else shapes[:1]
