"""What is written of the graph before each backward, held against graphs known by hand."""

from __future__ import annotations

import gc
import warnings
import weakref

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import backtrace
from backtrace.ledger.facts import BackwardFailed
from backtrace.ledger.graph_seen import GraphSeen


def graphs_of(trace):
    return [event for event in trace.events if isinstance(event, GraphSeen)]


def names(graph):
    return [operation.name for operation in graph.path]


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))


X = torch.linspace(-1, 1, 24).reshape(6, 4)


def test_the_path_leads_from_the_loss_to_the_models_output(net):
    with backtrace.record(net) as trace:
        ((net(X).sigmoid() - 0.5).pow(2).mean() * 0.5 / 4).backward()
    (graph,) = graphs_of(trace)
    assert names(graph) == [
        "DivBackward0", "MulBackward0", "MeanBackward0", "PowBackward0", "SubBackward0",
        "SigmoidBackward0",
    ]  # fmt: skip
    assert [operation.scalar for operation in graph.path] == [4.0, 0.5, None, None, None, None]
    assert graph.models == ("model",)
    assert graph.path[2].inputs == ((6, 1),)
    assert graph.path[2].output == ()
    assert (graph.retain, graph.held, graph.unread) == (False, 0, "")


def test_a_broadcast_shows_in_the_shapes(net):
    with backtrace.record(net) as trace:
        (net(X) - torch.zeros(6)).pow(2).mean().backward()
    subtraction = graphs_of(trace)[0].path[-1]
    assert (subtraction.name, subtraction.inputs) == ("SubBackward0", ((6, 1),))
    assert subtraction.output == (6, 6)


def test_a_penalty_on_the_weights_is_not_on_the_path(net):
    with backtrace.record(net) as trace:
        (net(X).mean() + 0.01 * net[0].weight.pow(2).sum()).backward()
    assert names(graphs_of(trace)[0]) == ["AddBackward0", "MeanBackward0"]


def test_without_a_model_the_whole_graph_is_the_path():
    weight = torch.ones(3, requires_grad=True)
    with backtrace.record(weight) as trace:
        (2 * weight).sum().backward()
    (graph,) = graphs_of(trace)
    assert names(graph) == ["SumBackward0", "MulBackward0"]
    assert graph.path[1].scalar == 2.0
    assert graph.models == ()
    assert graph.reached == ("tensor[0]",)


def test_a_long_path_is_cut_and_that_is_said(net):
    with backtrace.record(net) as trace:
        y = net(X)
        for _ in range(300):
            y = y + 1
        y.sum().backward()
    (graph,) = graphs_of(trace)
    assert len(graph.path) <= 201
    assert "only the 200 operations" in graph.unread


def test_the_outputs_of_two_models_end_it():
    torch.manual_seed(0)
    generator, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    with backtrace.record(generator=generator, judge=judge) as trace:
        judge(generator(torch.ones(1, 2))).mean().backward()
    (graph,) = graphs_of(trace)
    assert names(graph) == ["MeanBackward0"]
    assert graph.models == ("judge",)
    assert set(graph.called) == {"generator", "judge"}
    assert set(graph.reached) == {
        "generator.weight", "generator.bias", "judge.weight", "judge.bias"
    }  # fmt: skip


def test_outputs_in_tuples_dicts_and_dataclasses_are_found():
    class Several(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x):
            y = self.fc(x)
            return {"logits": y * 3, "parts": (y + 1, [y + 2])}

    model = Several()
    with backtrace.record(model) as trace:
        out = model(X)
        (out["logits"].mean() + out["parts"][1][0].sum()).backward()
    assert sorted(names(graphs_of(trace)[0])) == ["AddBackward0", "MeanBackward0", "SumBackward0"]


def test_held_counts_earlier_losses_that_are_still_alive(net):
    kept, counts = [], []
    with backtrace.record(net) as trace:
        for _ in range(4):
            loss = net(X).mean()
            loss.backward()
            kept.append(loss)
    counts = [graph.held for graph in graphs_of(trace)]
    assert counts == [0, 1, 2, 3]


def test_a_loop_that_keeps_numbers_holds_no_loss(net):
    total = 0.0
    with backtrace.record(net) as trace:
        for _ in range(4):
            loss = net(X).mean()
            loss.backward()
            total += loss.item()
    assert [graph.held for graph in graphs_of(trace)] == [0, 0, 0, 0]


def test_a_running_sum_of_losses_holds_them_all(net):
    with backtrace.record(net) as trace:
        total = 0
        for _ in range(3):
            loss = net(X).mean()
            loss.backward()
            total = total + loss
        del loss
        net(X).sum().backward()
    assert [graph.held for graph in graphs_of(trace)] == [0, 1, 2, 3]


def test_the_same_loss_again_is_not_an_earlier_one(net):
    with backtrace.record(net) as trace:
        loss = net(X).mean()
        loss.backward(retain_graph=True)
        loss.backward()
    assert [(graph.retain, graph.held) for graph in graphs_of(trace)] == [(True, 0), (False, 0)]


def test_create_graph_keeps_the_graph(net):
    with backtrace.record(net) as trace:
        net(X).mean().backward(create_graph=True)
    assert graphs_of(trace)[0].retain
    for p in net.parameters():
        p.grad = None


def test_a_loss_without_a_graph(net):
    with backtrace.record(net) as trace, pytest.raises(RuntimeError):
        torch.tensor(net(X).mean().item()).backward()
    (graph,) = graphs_of(trace)
    assert not graph.requires_grad
    assert graph.path == graph.reached == ()
    (failed,) = [event for event in trace.events if isinstance(event, BackwardFailed)]
    assert failed.error.startswith("RuntimeError: element 0 of tensors does not require grad")
    assert failed.where == graph.where


def test_whole_graphs_at_first_and_then_more_rarely(net):
    with backtrace.record(net) as trace:
        for _ in range(9):
            net(X).mean().backward()
    graphs = graphs_of(trace)
    whole = [number for number, graph in enumerate(graphs, 1) if graph.is_whole]
    assert whole == [1, 2, 3, 4, 8]
    assert graphs[0].nodes == 10  # mean, 2 × (addmm, weight.t(), weight, bias), relu
    assert graphs[4].nodes == 0
    assert graphs[4].path == graphs[0].path


def test_modules_without_a_graph():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))
            self.body, self.cut, self.rest = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
            self.frozen, self.never = nn.Linear(4, 4), nn.Linear(4, 4)
            self.frozen.requires_grad_(False)
            self.inner = _Cutting()

        def forward(self, x):
            with torch.no_grad():
                x = self.rest(x)
            return self.scale * self.body(x) + self.inner(x) + self.cut(x).detach() + self.frozen(x)

    model = Net()
    with backtrace.record(model) as trace:
        model(X).sum().backward()
    (graph,) = graphs_of(trace)
    assert set(graph.called) == {"", "body", "cut", "frozen", "inner"}
    assert graph.blind == ("inner",)
    assert graph.without_grad == ("rest",)
    assert set(graph.reached) == {"scale", "body.weight", "body.bias"}


def test_reentrant_checkpoints_whose_inputs_need_no_gradient():
    """Not those that are run again, nor those in a part that is called under no_grad anyhow."""

    class Part(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(4, 4)

        def forward(self, x):
            return checkpoint(self.inner, x, use_reentrant=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lost, self.off, self.again, self.other = Part(), Part(), Part(), Part()
            self.head = nn.Linear(4, 1)

        def forward(self, x):
            with torch.no_grad():
                off = self.off(x)
            other = checkpoint(self.other.inner, x, use_reentrant=False)
            return self.head(self.again(self.head(x) * x) + off + other + self.lost(x))

    model = Net()
    with backtrace.record(model) as trace, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, of the inputs
        for _ in range(2):
            model(X).sum().backward()
    graph = graphs_of(trace)[1]
    assert graph.checkpointed == ("lost.inner",)
    assert set(graph.without_grad) == {"lost.inner", "off.inner", "again.inner"}
    assert "test_graph_facts.py" in graph.called_at["lost.inner"]


class _Cutting(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return (x * self.weight).detach()


def test_activations_by_hand():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc, self.gate = nn.Linear(3, 3, bias=False), nn.Sigmoid()
            self.fc.weight.data = torch.eye(3)

        def forward(self, x):
            return self.gate(torch.relu(self.fc(x))) + torch.tanh(x * self.fc.weight[0])

    model = Net()
    x = torch.tensor([[1.0, -1.0, 9.0], [-1.0, -2.0, 9.0]])
    with backtrace.record(model) as trace:
        model(x).sum().backward()
    found = {a.name: a for a in graphs_of(trace)[0].activations}
    assert set(found) == {"ReluBackward0[0]", "gate", "TanhBackward0[0]"}
    relu, gate = found["ReluBackward0[0]"], found["gate"]
    assert (relu.function, relu.rows, relu.saturated) == ("relu", 2, None)
    assert relu.zeros == pytest.approx(3 / 6)  # (1, 0, 9), (0, 0, 9)
    assert relu.dead == pytest.approx(1 / 3)
    assert gate.saturated == pytest.approx(2 / 6)  # sigmoid(9) = 0.9999, sigmoid(1) = 0.73
    assert found["TanhBackward0[0]"].saturated == pytest.approx(0)  # tanh of ±1 and of zeros


def test_where_a_loss_stopped_being_finite():
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 1)

        def forward(self, x):
            return torch.log(torch.relu(self.fc(x)))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.head, self.last = Head(), nn.Linear(1, 1)

        def forward(self, x):
            return self.last(self.head(x))

    model = Net()
    model.head.fc.bias.data.fill_(-9)
    with backtrace.record(model) as trace:
        model(X).mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == "LogBackward0 in head"


def test_a_parameter_that_is_not_finite(net):
    net[2].bias.data.fill_(torch.nan)
    with backtrace.record(net) as trace:
        net(X).mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == "the value of 2.bias"


def test_an_input_that_is_not_finite(net):
    x = X.clone()
    x[0, 0] = torch.nan
    with backtrace.record(net) as trace:
        net(x).mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == "the input of AddmmBackward0 in 0"


class Mean(nn.Module):
    """A mean over what a mask leaves, which may be nothing."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 1)

    def forward(self, x, mask):
        return self.head((x * mask).sum(0, keepdim=True) / mask.sum())


@pytest.mark.parametrize(
    ("value", "end"), [(1.0, ", made in the forward of finite inputs"), (float("nan"), "")]
)
def test_what_comes_up_inside_a_forward_is_told_from_what_was_given(value, end):
    model, x, mask = Mean(), torch.full((3, 4), value), torch.zeros(3, 1)
    with backtrace.record(model) as trace:
        model(x, mask).sum().backward()
    found = graphs_of(trace)[0].first_nonfinite
    assert found == f"the input of AddmmBackward0 in head{end}"


def test_no_input_is_called_finite_that_was_not_looked_at():
    class Last(Mean):
        def forward(self, x, rows):
            return self.head(x * rows[-1])

    model, x, rows = Last(), torch.ones(3, 4), [torch.ones(3, 4) for _ in range(20)]
    rows[-1][0, 0] = float("nan")
    with backtrace.record(model) as trace:
        model(x, rows).sum().backward()
    assert graphs_of(trace)[0].first_nonfinite == "the input of AddmmBackward0 in head"


def test_a_softmax_of_rows_that_are_masked_whole(net):
    mask = torch.tensor([[False] * 3, [True] * 3, [True, False, False]])
    with backtrace.record(net) as trace:
        scores = (net(X)[:3] @ torch.ones(net(X).shape[1], 3)).masked_fill(mask, -torch.inf)
        scores.softmax(1).mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == (
        "SoftmaxBackward0 after 2, of rows of which a mask leaves nothing"
    )


def test_an_exponential_that_overflows_is_told_from_the_division_before_it(net):
    with backtrace.record(net) as trace:
        (net(X) * 0 + 20).div(0.1).exp().mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == "ExpBackward0 after 2"


def test_a_root_of_a_negative_number_outside_the_model(net):
    with backtrace.record(net) as trace:
        (net(X) - 100).sqrt().mean().backward()
    assert graphs_of(trace)[0].first_nonfinite == "SqrtBackward0 after 2"


def test_what_a_checkpoint_saved_is_left_alone(net):
    runs = []
    inner = nn.Sequential(nn.Linear(1, 3), nn.Sigmoid())
    inner.register_forward_pre_hook(lambda *_: runs.append("forward"))
    model = nn.ModuleList([net, inner])
    with backtrace.record(model) as trace:
        y = checkpoint(inner, net(X), use_reentrant=False)
        (y * 2).sum().backward()
    assert runs == ["forward", "forward"]  # the backward's own, and no other
    (graph,) = graphs_of(trace)
    assert "hooks have packed" in graph.unread
    assert {a.function for a in graph.activations} == {"relu"}
    assert graph.path[1].scalar == 2.0
    assert {"1.0.weight", "0.0.weight"} <= set(graph.reached)


def test_hooks_around_the_loss_hide_its_numbers(net):
    asked = []

    def unpack(tensor):
        asked.append(tensor)
        return tensor

    with backtrace.record(net) as trace:
        with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
            loss = net(X).sigmoid().mean() * 0.5
        seen = len(asked)
        with torch.no_grad():
            trace_before = len(trace.events)
        loss.backward()
    (graph,) = graphs_of(trace)
    assert trace_before < len(trace.events)
    assert seen == 0
    assert graph.activations == ()
    assert graph.path[0].scalar is None
    assert "packed by hooks" in graph.unread


def test_nothing_is_kept_alive(net):
    alive = []
    with backtrace.record(net):
        for _ in range(2):
            x = X.clone()
            hidden = net[1](net[0](x))
            loss = functional.mse_loss(net[2](hidden), torch.zeros(6, 1))
            alive += [weakref.ref(x), weakref.ref(hidden), weakref.ref(loss)]
            loss.backward()
            del x, hidden, loss
            gc.disable()  # it is not the garbage collector that lets go of them
            try:
                assert [ref() for ref in alive] == [None] * len(alive)
            finally:
                gc.enable()


def test_a_ratio_says_nothing_once_its_policy_was_stepped_unseen():
    torch.manual_seed(0)
    policy = nn.Linear(4, 3)
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.1)
    seen, action = torch.randn(16, 4), torch.randint(3, (16, 1))
    with torch.no_grad():
        old = policy(seen).log_softmax(1).gather(1, action) + 0.5

    def update():
        ratio = (policy(seen).log_softmax(1).gather(1, action) - old).exp()
        loss = -torch.min(ratio, ratio.clamp(0.8, 1.2)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def read_first():
        events = []
        with backtrace.record(policy, optimizer, sink=events.append):
            update()
        return next(event.early_ratios for event in events if isinstance(event, GraphSeen))

    assert read_first()[:2] == (16, 16)
    assert read_first() == ()
