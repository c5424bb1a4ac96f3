"""Examines the graph of a training's first forward: nodes, tensors, life, and what is missing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from torch import Tensor

from backtrace.explain.graph.call_lines import CallLines
from backtrace.explain.graph.chains import main_chain
from backtrace.explain.graph.life import describe_life, measure, run_to_end
from backtrace.explain.graph.loss_nodes import (
    describe_nodes,
    find_nodes,
    first_sentence,
    leaf_names,
)
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.graph.saved import SavedTensors
from backtrace.explain.graph.tensors import describe_tensor, list_tensors
from backtrace.explain.graph.training_copy import TrainingCopy, copy_training
from backtrace.explain.graph.unchanged import leave_unchanged
from backtrace.explain.none import explain_missing
from backtrace.ledger.graph_facts import GraphFacts, GraphNode, Life, TensorFact
from backtrace.train.training import Training


@dataclass(frozen=True)
class _Graph:
    nodes: tuple[GraphNode, ...]
    tensors: tuple[TensorFact, ...]
    life: Life | None
    refusal: str


def examine_graph(training: Training, config: str = "") -> GraphFacts:
    """Run the first batch forward and backward on a copy, and return what was seen.

    Raises:
        ConfigError: torch raised in the forward or in `backward`; it says in which layer.
    """
    subject = copy_training(training)
    others = (subject.x, subject.y, *subject.parameters.values())
    with subject.at_work(), warnings.catch_warnings(), leave_unchanged(subject.model, others):
        warnings.simplefilter("ignore")  # torch's own words on .grad and item(): ours say it
        graph = _run(subject)
        missing = explain_missing(
            subject.model,
            lambda: subject.forward().loss,
            inputs={"input": subject.x},
            modules=subject.modules,
        )
    return GraphFacts(
        config=config,
        chain=tuple(main_chain(graph.nodes)),
        nodes=graph.nodes,
        tensors=graph.tensors,
        life=graph.life,
        refusal=graph.refusal,
        missing=tuple(missing),
        notes=tuple(_notes(training)),
    )


def _run(subject: TrainingCopy) -> _Graph:
    calls, lines, saved = ModuleCallLog(), CallLines(), SavedTensors()
    holders = subject.holders()
    with calls.watch(subject.modules), lines, saved.watch():
        result = subject.forward()
    loss = result.loss
    before = measure(saved, holders)
    names = leaf_names({**subject.parameters, "input": subject.x})
    nodes = describe_nodes(loss, calls, lines, saved, names, holders)
    leaves = {id(getattr(node, "variable", None)) for node in find_nodes(loss)}
    rows = list_tensors(subject, result, leaves)
    refusal = _backward(loss)
    facts = tuple(describe_tensor(row) for row in rows)
    if refusal:
        return _Graph(nodes, facts, None, refusal)
    after = measure(saved, holders)[1]
    second = _backward(loss, again=True)
    life = describe_life(before, after, second, run_to_end(subject, holders))
    return _Graph(nodes, facts, life, "")


def _backward(loss: Tensor, *, again: bool = False) -> str:
    """Call backward; return the first sentence of torch's refusal, '' if it ran.

    What a backward raises on a graph that it meets for the first time is a mistake of the model's.
    """
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        if loss.requires_grad and not again:
            raise
        return first_sentence(error)
    return ""


def _notes(training: Training) -> list[str]:
    notes = [training.batches.synthetic] if training.batches.synthetic else []
    if training.loop.accumulate > 1:
        notes.append(
            f"the graph of one micro-batch; an update has {training.loop.accumulate} of them"
        )
    return notes
