"""Describes the autograd graph behind a tensor that is there already."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from backtrace.explain.graph.call_lines import CallLines
from backtrace.explain.graph.chains import main_chain
from backtrace.explain.graph.loss_nodes import describe_nodes, leaf_names
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.graph.saved import SavedTensors
from backtrace.ledger.graph_facts import GraphFacts


def describe_loss_graph(loss: Tensor, named: Mapping[str, Tensor]) -> GraphFacts:
    """Return the nodes behind a tensor, its leaves under the names that they are given.

    Who called what, and what is kept, was not watched.
    """
    names = leaf_names(named)
    nodes = describe_nodes(loss, ModuleCallLog(), CallLines(), SavedTensors(), names, {})
    return GraphFacts(
        config="", chain=tuple(main_chain(nodes)), nodes=nodes, tensors=(), life=None,
        refusal="it has no grad_fn", missing=(), notes=(),
    )  # fmt: skip
