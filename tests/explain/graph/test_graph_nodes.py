"""Which nodes there are, who made them, and what they keep: against numbers worked out by hand."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

FLOAT = 4


def small() -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(fc1=nn.Linear(3, 5), act=nn.ReLU(), fc2=nn.Linear(5, 2)),
    )


def by_operation(facts, start):
    return [node for node in facts.nodes if node.operation.startswith(start)]


def test_lenet_reads_from_the_input_to_the_loss(bundled):
    chain = " → ".join(bundled("lenet").chain)
    assert chain == (
        "Conv2d → ReLU → MaxPool2d → Conv2d → ReLU → MaxPool2d → Flatten → "
        "Linear → ReLU → Linear → ReLU → Linear → MSELoss → loss"
    )


def test_nodes_have_their_modules_shapes_and_leaves(examine):
    facts = examine(small(), [4, 3], [4, 2])
    loss, *_ = facts.nodes
    assert (loss.operation, loss.module, loss.layer) == ("MseLossBackward0", "loss", "MSELoss")
    assert loss.shape == ()
    (relu,) = by_operation(facts, "Relu")
    assert (relu.module, relu.layer, relu.shape) == ("act", "ReLU", (4, 5))
    fc2, fc1 = by_operation(facts, "Addmm")
    assert (fc1.module, fc1.shape, fc2.module, fc2.shape) == ("fc1", (4, 5), "fc2", (4, 2))
    leaves = {node.names[0]: node.shape for node in facts.nodes if node.is_leaf}
    assert leaves == {
        "fc1.weight": (5, 3), "fc1.bias": (5,), "fc2.weight": (2, 5), "fc2.bias": (2,),
    }  # fmt: skip


def test_bytes_of_linear_relu_linear_mse(examine):
    """fc1 keeps x; the ReLU its result (4, 5), which fc2 keeps as well; MSE both its arguments."""
    facts = examine(small(), [4, 3], [4, 2])
    fc2, fc1 = by_operation(facts, "Addmm")
    assert [(kept.name, kept.holder, kept.extra) for kept in fc1.kept] == [("input", "batch", 0)]
    (relu,) = by_operation(facts, "Relu")
    assert relu.extra == 4 * 5 * FLOAT
    assert fc2.extra == 0
    assert {(kept.name, kept.again) for kept in fc2.kept} == {("", True), ("fc2.weight", False)}
    loss = facts.nodes[0]
    assert loss.extra == 4 * 2 * FLOAT
    assert "target" in {kept.name for kept in loss.kept}
    life = facts.life
    assert life.after_forward == (4 * 5 + 4 * 2) * FLOAT
    assert life.by_reference == (4 * 3 + 4 * 2 + 2 * 5) * FLOAT  # x, target, fc2.weight
    assert life.tensors == 5
    assert sum(node.extra for node in facts.nodes) == life.after_forward


def test_the_graph_is_freed_by_backward_and_kept_by_retain_graph(examine):
    life = examine(small(), [4, 3], [4, 2]).life
    assert life.after_backward == 0
    assert life.second.startswith("Trying to backward through the graph a second time")
    assert life.second.endswith(".") and life.second.count(". ") == 0
    assert life.retained == life.after_forward
    assert life.retained_second == ""


def test_a_graph_that_keeps_nothing_takes_a_second_backward(examine):
    class Shift(nn.Module):
        def __init__(self):
            super().__init__()
            self.by = nn.Parameter(torch.zeros(2))

        def forward(self, x):
            return x + self.by

    loss = {"loss": {"loss": {"type": "L1Loss", "kwargs": {"reduction": "sum"}}}}
    kept = examine(Shift(), [4, 2], [4, 2], loss=loss)
    assert kept.life.second  # L1 keeps its arguments
    assert kept.life.after_forward == 4 * 2 * FLOAT


def test_what_inplace_and_dropout_keep_is_counted_once(examine):
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(5, 2))
    facts = examine(model, [4, 3], [4, 2])
    assert sum(node.extra for node in facts.nodes) == facts.life.after_forward
    assert facts.life.after_backward == 0


def test_a_parameter_with_two_names_is_one_leaf(examine):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(3, 3, bias=False)
            self.two = nn.Linear(3, 3, bias=False)
            self.two.weight = self.one.weight

        def forward(self, x):
            return self.two(torch.tanh(self.one(x)))

    facts = examine(Tied(), [4, 3], [4, 3])
    (leaf,) = [node for node in facts.nodes if node.is_leaf]
    assert leaf.names == ("one.weight", "two.weight")
    assert [fact.name for fact in facts.tensors if fact.kind == "parameter"] == [
        "one.weight",
        "two.weight",
    ]


def test_a_layer_called_twice_stands_twice_in_the_chain(examine):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x):
            return self.fc(self.fc(x))

    assert examine(Twice(), [4, 3], [4, 3]).chain == ("Linear", "Linear", "MSELoss", "loss")


def test_functions_stand_with_their_own_names_and_lines(examine):
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(3, 2))

        def forward(self, x):
            return F.softplus(x @ self.w)

    facts = examine(Functional(), [4, 3], [4, 2])
    assert facts.chain == ("Mm", "Softplus", "MSELoss", "loss")
    (node,) = by_operation(facts, "Softplus")
    line = Functional.forward.__code__.co_firstlineno + 1
    assert node.where.endswith(f"test_graph_nodes.py:{line}")


def test_a_mix_is_the_sum_of_its_terms(examine):
    loss = {
        "mse": {"loss": {"type": "MSELoss"}},
        "l1": {"loss": {"type": "L1Loss"}, "weight": 0.5},
    }
    facts = examine(small(), [4, 3], [4, 2], loss=loss)
    assert facts.nodes[0].operation == "AddBackward0" and facts.nodes[0].call == -1
    assert [fact.name for fact in facts.tensors if fact.kind == "term"] == ["loss.mse", "loss.l1"]
    assert {node.module for node in facts.nodes} >= {"loss.mse", "loss.l1"}


@pytest.mark.parametrize(
    ("model", "x", "y"),
    [
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), [2, 5, 8], [2, 5, 8]),
        (nn.Sequential(nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.GELU()), [4, 2, 6], [4, 3, 4]),
        (nn.Sequential(nn.Flatten(), nn.Softmax(-1)), [4, 2, 3], [4, 6]),
    ],
)
def test_what_nodes_keep_adds_up_to_what_the_graph_keeps(examine, model, x, y):
    facts = examine(model, x, y, data={"requires_grad": True})
    assert sum(node.extra for node in facts.nodes) == facts.life.after_forward
    assert facts.life.after_backward == 0
    assert any(node.names == ("input",) for node in facts.nodes)


def test_a_branch_that_does_not_reach_the_loss_keeps_nothing_of_its(examine):
    class Aside(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 2)
            self.aux = nn.Linear(3, 100)

        def forward(self, x):
            self.seen = torch.tanh(self.aux(x))
            return self.fc(x)

    facts = examine(Aside(), [4, 3], [4, 2])
    assert max(node.extra for node in facts.nodes) == 4 * 2 * FLOAT
    assert not any(node.module == "aux" for node in facts.nodes)


def test_deep_graphs_are_no_problem(examine):
    class Deep(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))

        def forward(self, x):
            for _ in range(3000):
                x = x + self.w
            return x

    facts = examine(Deep(), [1, 2], [1, 2])
    assert len(facts.nodes) == 3002
    assert facts.chain[-3:] == ("Add", "MSELoss", "loss")


def test_a_loss_without_a_graph_says_what_backward_says(examine):
    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 2)

        @torch.no_grad()
        def forward(self, x):
            return self.fc(x)

    facts = examine(Cut(), [4, 3], [4, 2])
    assert facts.nodes == () and facts.life is None and facts.chain == ()
    assert "does not require grad" in facts.refusal
    assert [each.reason for each in facts.missing if each.kind == "parameter"] == ["no_grad"] * 2


def test_the_chain_follows_the_input_and_not_a_long_way_to_a_weight(examine):
    class Normed(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(3, 3)
            self.two = nn.utils.spectral_norm(nn.Linear(3, 3))

        def forward(self, x):
            return self.two(torch.relu(self.one(x)))

    assert examine(Normed(), [4, 3], [4, 3]).chain == (
        "Linear",
        "Relu",
        "Linear",
        "MSELoss",
        "loss",
    )


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoints_are_freed_and_lose_no_gradient(examine, reentrant):
    class Checked(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x):
            return checkpoint(self.two, self.one(x), use_reentrant=reentrant)

    facts = examine(Checked(), [4, 3], [4, 3])
    assert facts.life.after_backward == 0
    assert [each.name for each in facts.missing] == ["input"]
