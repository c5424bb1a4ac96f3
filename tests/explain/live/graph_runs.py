"""A backward that is kept and walked by hand, for tests."""

from __future__ import annotations

import torch

from backtrace.explain.live.graph_links import GraphTold
from backtrace.explain.live.kept_graph import follow, keep_graph
from backtrace.explain.live.labels import NodeLabel
from backtrace.explain.live.rounding import walk_twice


def run_back(loss, *leaves, is_packed=lambda node: False):
    """Run the backward of a loss; return it walked by hand to the leaves, and their nodes."""
    graph = keep_graph([loss], [None], is_packed)
    with follow(graph, [loss]):
        loss.backward()
    nodes = [graph.by_leaf[id(leaf)] for leaf in leaves]
    return walk_twice(graph, nodes), nodes


def tell(walked):
    """Return a walk as what links and elements are told from."""
    labels = {node.index: NodeLabel() for node in walked.graph.nodes}
    return GraphTold(walked.graph, walked.exact, labels)


def weigh(tensor):
    """Return one number of a tensor, in which all elements count differently."""
    if tensor.numel() == 1:
        return tensor.reshape(())
    generator = torch.Generator().manual_seed(1)
    return (tensor * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)).sum()
