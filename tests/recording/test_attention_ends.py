"""Softmaxes over edges: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.models.attention_ends import find_attention_ends
from backtrace.recording.source.source_file import read_scopes

_METHODS = """
class Attention(nn.Module):
    def weigh(self, h, edge_index):
        score = self.score(torch.cat([h[edge_index[0]], h[edge_index[1]]], 1))
        return softmax(score, {by})

    def forward(self, h, edge_index):
        weight = self.weigh(h, edge_index)
        return torch.zeros_like(h).index_add(0, edge_index[1], weight * h[edge_index[0]])
"""
_BY_HAND = """
def attend(h, edges, score):
    src, dst = edges
    e = torch.exp(score - score.max())
    total = h.new_zeros(h.size(0)).scatter_add_(0, {by}, e)
    alpha = e / (total[{by}] + 1e-16)
    alpha = F.dropout(alpha, 0.1)
    message = alpha.unsqueeze(-1) * h[src]
    return torch.zeros_like(h).index_add_(0, {summed}, message)
"""
_ARGUMENTS = """
class Attention(nn.Module):
    def forward(self, h, senders, receivers):
        alpha = self.edge_softmax(self.score(h), {by}, h.size(0))
        index = receivers.unsqueeze(-1).expand_as(h)
        return scatter(h[senders] * alpha, {summed}, dim=0, reduce="sum")
"""
_HELPER = """
def edge_softmax(score, edge_index, nodes):
    row, col = edge_index[0], edge_index[1]
    e = score.exp()
    return e / scatter_add(e, {by}, nodes)[{by}]

class Attention(nn.Module):
    def forward(self, h, edge_index):
        alpha = edge_softmax(self.score(h), edge_index, h.size(0))
        return scatter_add(alpha[:, None] * h[edge_index[0]], edge_index[1], h.size(0))
"""
_PASSED_ON = """
class Attention(MessagePassing):
    def __init__(self):
        super().__init__({how})

    def forward(self, x, edge_index):
        return self.propagate({given}, x=x)

    def message(self, x_i, x_j, edge_index):
        weight = softmax(self.score(torch.cat([x_i, x_j], -1)), {by})
        return x_j * weight
"""


def _found(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    slips = [slip for scope in read_scopes(str(path)) for slip in find_attention_ends(scope)]
    return [(slip.name, slip.beside) for slip in slips]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_METHODS.format(by="edge_index[0]"), ("edge_index[0]", "edge_index[1]")),
        (_BY_HAND.format(by="src", summed="dst"), ("src", "dst")),
        (_BY_HAND.format(by="dst", summed="src[:, None].long()"), ("dst", "src")),
        (_BY_HAND.format(by="edges[0]", summed="dst"), ("edges[0]", "dst")),
        (_ARGUMENTS.format(by="senders", summed="receivers"), ("senders", "receivers")),
        (_ARGUMENTS.format(by="senders", summed="index"), ("senders", "index")),
        (_HELPER.format(by="row"), ("row", "edge_index[1]")),
        (
            _PASSED_ON.format(how='aggr="add"', given="edge_index", by="edge_index[0]"),
            ("edge_index[0]", "edge_index[1]"),
        ),
    ],
)
def test_a_softmax_over_the_edges_of_the_other_end_is_found(tmp_path, text, wanted):
    assert _found(tmp_path, text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        _METHODS.format(by="edge_index[1]"),
        _BY_HAND.format(by="dst", summed="dst"),
        _BY_HAND.format(by="src", summed="src"),
        _HELPER.format(by="col"),
        _ARGUMENTS.format(by="receivers", summed="index"),
        _PASSED_ON.format(how='aggr="add"', given="edge_index", by="edge_index[1]"),
        _PASSED_ON.format(how='flow="target_to_source"', given="edge_index", by="edge_index[0]"),
        _PASSED_ON.format(how="", given="self.aggr, edge_index", by="edge_index[0]"),
        # each edge is there in both directions
        "edges = to_undirected(edges)" + _BY_HAND.format(by="src", summed="dst"),
        "edges = torch.cat([edges, edges[[1, 0]]], 1)" + _BY_HAND.format(by="src", summed="dst"),
        "e = torch.stack([torch.cat([a, b]), torch.cat([b, a])])"
        + _BY_HAND.format(by="src", summed="dst"),
        # chances of where a walk goes on to
        _BY_HAND.format(by="src", summed="dst").replace("attend", "random_walk"),
        _METHODS.format(by="edge_index[0]").replace("Attention", "RoutingAttention"),
        _METHODS.format(by="edge_index[0]").replace("Attention", "Layer"),
        # weights that are normalised once more at the other end
        _BY_HAND.format(by="src", summed="dst").replace(
            "    message", "    alpha = alpha / scatter_add(alpha, dst, 9)[dst]\n    message"
        ),
        # a softmax of each end
        _BY_HAND.format(by="src", summed="dst").replace(
            "    message", "    alpha = alpha * softmax(score, dst)\n    message"
        ),
        # norms by degree
        _BY_HAND.format(by="src", summed="dst").replace("torch.exp(score - score.max())", "score"),
        # messages both ways
        _BY_HAND.format(by="src", summed="dst").replace(
            "    return", "    h = h.index_add(0, src, alpha[:, None] * h[dst])\n    return"
        ),
    ],
)
def test_what_is_said_of_both_ends_or_of_one_is_not(tmp_path, text):
    assert _found(tmp_path, text) == []
