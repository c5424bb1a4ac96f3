"""The walk over a graph: what is kept, where autograd goes another way, and what is left behind."""

from __future__ import annotations

import pytest
import torch
from graph_runs import run_back, tell
from torch import nn

from backtrace.explain.live.element_sum import sum_element
from backtrace.explain.live.graph_links import letter_of
from backtrace.explain.live.kept_graph import follow, keep_graph
from backtrace.explain.live.stages import chain_rule, count_ways, find_stages


class Square(torch.autograd.Function):
    """One whose backward has lost a factor of 2."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x


def small():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    return net, torch.randn(5, 3), torch.randn(5, 2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_rounding_explains_autograd_in_any_precision(dtype):
    net, x, y = small()
    net.to(dtype)
    loss = nn.functional.mse_loss(net(x.to(dtype)), y.to(dtype))
    walked, nodes = run_back(loss, *net.parameters())
    for parameter, node in zip(net.parameters(), nodes, strict=True):
        apart = float((walked.exact.leaves[node] - parameter.grad.double()).abs().max())
        assert apart <= walked.bound(node)
        assert walked.bound(node) < 0.6 * float(parameter.grad.abs().max())
    assert walked.find_parting() is None


def test_a_gradient_that_a_hook_changes_parts_at_the_node_before_it():
    net, x, y = small()
    hidden = net[1](net[0](x))
    hidden.register_hook(lambda grad: 2 * grad)
    walked, (node,) = run_back(nn.functional.mse_loss(net[2](hidden), y), net[0].weight)
    assert walked.find_parting().node.name == "TanhBackward0"
    assert torch.allclose(2 * walked.exact.leaves[node].float(), net[0].weight.grad, rtol=1e-5)


def test_a_function_of_ones_own_is_not_looked_into():
    x = torch.ones(3, requires_grad=True)
    walked, (node,) = run_back(Square.apply(x * 3).sum(), x)
    (step,) = walked.exact.not_derived
    assert step.problem == "it is a function of the program's own"
    assert walked.exact.leaves[node].tolist() == [9, 9, 9]


def test_what_hooks_have_packed_is_not_read():
    unpacked = []
    x = torch.ones(3, requires_grad=True)

    def unpack(tensor):
        unpacked.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
        loss = x.exp().sum()
    graph = keep_graph([loss], [None], lambda node: True)
    assert unpacked == []
    assert graph.nodes[1].problem == "hooks have packed what it saved"


def test_nothing_stays_on_the_graph():
    x = torch.randn(4, requires_grad=True)
    loss = x.exp().sum()
    graph = keep_graph([loss], [None], lambda node: False)
    with follow(graph, [loss]):
        loss.backward(retain_graph=True)
    first = graph.nodes[0].arrived
    loss.backward()
    assert graph.nodes[0].arrived is first
    assert graph.nodes[0].handed[0].tolist() == [1] * 4


def test_a_backward_of_several_roots_from_gradients_of_their_own():
    x = torch.randn(3, dtype=torch.float64).requires_grad_()
    roots, given = [x.exp(), x.sin()], [torch.randn(3).double(), None]
    graph = keep_graph(roots, [given[0], torch.ones(3).double()], lambda node: False)
    with follow(graph, roots):
        torch.autograd.backward(roots, [given[0], torch.ones(3).double()])
    from backtrace.explain.live.by_hand import walk

    node = graph.by_leaf[id(x)]
    assert torch.allclose(walk(graph, [node], torch.float64).leaves[node], x.grad, rtol=1e-12)


def test_the_ways_of_a_residual_are_counted():
    x = torch.randn(3, requires_grad=True)
    h = x.exp()
    walked, (node,) = run_back((h + h.tanh()).sum(), x)
    stages = find_stages(walked.graph, walked.exact, node)
    assert count_ways(stages) == 2
    assert chain_rule(stages, "x", "x")[0] == "∂L/∂x, the sum over 2 ways from the loss to it"


def test_moves_that_follow_each_other_are_one_stage():
    x = torch.randn(2, 3, requires_grad=True)
    walked, (node,) = run_back((x.t().reshape(-1).view(3, 2).exp()).sum(), x)
    stages = find_stages(walked.graph, walked.exact, node)
    assert [len(stage.nodes) for stage in stages if stage.moves] == [len(stages[-1].nodes)]


# -- one element ------------------------------------------------------------------------------


def test_an_element_of_a_linear_is_the_sum_over_the_rows():
    net, x, y = small()
    hidden = net[0](x)
    hidden.retain_grad()
    walked, (node,) = run_back(nn.functional.mse_loss(net[2](net[1](hidden)), y), net[0].weight)
    found = sum_element(tell(walked), node, (1, 2))
    by_row = {(row, 1): float(hidden.grad[row, 1] * x[row, 2]) for row in range(5)}
    assert {each.index: pytest.approx(each.value, rel=1e-5) for each in found.terms} == by_row
    sizes = [abs(each.value) for each in found.terms]
    assert sizes == sorted(sizes, reverse=True)
    assert found.total == pytest.approx(float(net[0].weight.grad[1, 2]), rel=1e-5)
    assert (found.count, found.rest) == (5, 0)


def test_of_many_products_the_largest_are_kept_and_the_rest_added_up():
    torch.manual_seed(0)
    conv, x = nn.Conv2d(2, 3, 3).double(), torch.randn(2, 2, 8, 8).double()
    y = conv(x)
    y.retain_grad()
    walked, (node,) = run_back(y.square().mean(), conv.weight)
    found = sum_element(tell(walked), node, (2, 1, 0, 2))
    products = (y.grad[:, 2] * x[:, 1, 0:6, 2:8]).flatten()
    assert found.count == 72
    assert [each.value for each in found.terms] == pytest.approx(
        products[products.abs().argsort(descending=True)][:8].tolist()
    )
    assert sum(each.value for each in found.terms) + found.rest == pytest.approx(found.total)
    assert found.total == pytest.approx(float(conv.weight.grad[2, 1, 0, 2]))


def test_a_weight_that_is_used_twice_has_the_products_of_both():
    torch.manual_seed(0)
    table = nn.Embedding(5, 3).double()
    h = table(torch.tensor([1, 2, 1]))
    walked, (node,) = run_back((h @ table.weight.T).square().sum(), table.weight)
    found = sum_element(tell(walked), node, (1, 0))
    assert {each.place for each in found.terms} == {"Embedding", "Mm"}
    assert sum(each.value for each in found.terms) + found.rest == pytest.approx(
        float(table.weight.grad[1, 0])
    )


def test_an_element_beyond_what_has_no_rule_is_not_broken_down():
    x = torch.ones(3, requires_grad=True)
    walked, (node,) = run_back(Square.apply(x).sum(), x)
    assert sum_element(tell(walked), node, (0,)) is None


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("0.weight", "w"), ("params['2.weight']", "w"), ('d["a.bias"]', "b"), ("u", "u"),
        ("params['scale']", "scale"), ("layers[0].weight", "w"), ("ws[3]", "ws[3]"),
    ],
)  # fmt: skip
def test_a_leaf_is_called_by_the_last_part_of_its_name(name, letter):
    assert letter_of(name)[0] == letter
