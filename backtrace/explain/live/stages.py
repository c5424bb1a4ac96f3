"""The way from a loss to one leaf, in stages: moves that follow each other are one stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from backtrace.explain.live.by_hand import Walk
from backtrace.explain.live.kept_graph import KeptGraph

_MOST_STEPS = 8
_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass
class Stage:
    """One node of the way, or several moves that follow each other.

    `nodes` stand from the loss on; `symbol` is what its result is called, as text and as LaTeX.
    `inputs` are the stages, or -1 for the leaf, that it leads on to, with the number of the
    input of its last node.
    """

    nodes: list[int]
    moves: bool
    symbol: str = ""
    latex: str = ""
    inputs: list[tuple[int, int]] = field(default_factory=list)


def find_stages(graph: KeptGraph, walked: Walk, leaf: int) -> list[Stage]:
    """Return the stages of the way to a leaf, from the loss on."""
    leads = graph.leading_to([leaf])
    path = [node for node in graph.nodes if leads[node.index] and node.index in walked.steps]
    makers: dict[int, int] = {}
    for node in path:
        for edge in node.edges:
            if edge is not None and leads[edge.node]:
                makers[edge.node] = makers.get(edge.node, 0) + 1
    stages: list[Stage] = []
    of: dict[int, int] = {}
    for node in path:
        rule = walked.steps[node.index].rule
        moves = rule is not None and rule.moves
        if node.index in of and moves:  # it goes on from the move before
            stage = stages[of[node.index]]
            stage.nodes.append(node.index)
        else:
            of[node.index] = len(stages)
            stage = Stage([node.index], moves)
            stages.append(stage)
        following = [edge.node for edge in node.edges if edge is not None and leads[edge.node]]
        is_single = len(following) == 1 and makers[following[0]] == 1 and following[0] != leaf
        if moves and is_single:
            step = walked.steps.get(following[0])
            if step is not None and step.rule is not None and step.rule.moves:
                of[following[0]] = of[node.index]
    _connect(graph, stages, of, leads, leaf)
    _name(stages)
    return stages


def _connect(
    graph: KeptGraph, stages: list[Stage], of: dict[int, int], leads: list[bool], leaf: int
) -> None:
    for stage in stages:
        last = graph.nodes[stage.nodes[-1]]
        for at, edge in enumerate(last.edges):
            if edge is not None and leads[edge.node]:
                to = -1 if edge.node == leaf else of.get(edge.node)
                if to is not None:
                    stage.inputs.append((to, at))


def _name(stages: list[Stage]) -> None:
    count = len(stages) - 1
    for at, stage in enumerate(stages):
        number = count - at + 1
        text = f"y{number}".translate(_LOWER)
        stage.symbol, stage.latex = (text, f"y_{{{number}}}") if at else ("L", "L")


def chain_rule(stages: list[Stage], letter: str, letter_latex: str) -> tuple[str, str]:
    """Return the chain rule in one line as text and as LaTeX; nothing where ways part."""
    if not stages:
        return "", ""
    if any(len(stage.inputs) != 1 for stage in stages):
        ways = count_ways(stages)
        return f"∂L/∂{letter}, the sum over {ways:,} ways from the loss to it", ""
    tops = [*(stage.symbol for stage in stages[1:]), letter]
    latex = [*(stage.latex for stage in stages[1:]), letter_latex]
    steps = [f"∂L/∂{tops[0]}"]
    steps += [f"∂{top}/∂{low}" for top, low in pairwise(tops)]
    fractions = [rf"\frac{{\partial L}}{{\partial {latex[0]}}}"]
    fractions += [rf"\frac{{\partial {top}}}{{\partial {low}}}" for top, low in pairwise(latex)]
    if len(steps) > _MOST_STEPS:
        steps = [*steps[:3], "⋯", *steps[-2:]]
        fractions = [*fractions[:3], r"\cdots", *fractions[-2:]]
    if len(tops) == 1:
        return "", ""
    text = f"∂L/∂{letter} = {' · '.join(steps)}"
    whole = rf"\frac{{\partial L}}{{\partial {letter_latex}}} = " + r" \cdot ".join(fractions)
    return text, whole


def count_ways(stages: list[Stage]) -> int:
    """Return how many ways lead from the loss to the leaf."""
    counts = [0] * len(stages)
    for at in range(len(stages) - 1, -1, -1):
        counts[at] = sum(1 if to < 0 else counts[to] for to, _ in stages[at].inputs)
    return counts[0]
