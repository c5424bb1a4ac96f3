"""Unusual graphs are trained on exactly as without us: the same bits, the same random numbers."""

from __future__ import annotations

import threading
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import backtrace
from backtrace.ledger.events import Unseen
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

X = torch.linspace(-1, 1, 24).reshape(6, 4)


class Net(nn.Module):
    def __init__(self, forward):
        super().__init__()
        self.first, self.last = nn.Linear(4, 8), nn.Linear(8, 2)
        self.run = forward

    def forward(self, x):
        return self.run(self, x)


def block(net, x):
    return functional.dropout(torch.sigmoid(net.first(x)), 0.3)


def plain(net, x):
    return net.last(block(net, x))


def checkpointed(net, x):
    return net.last(checkpoint(block, net, x, use_reentrant=False))


def checkpointed_anew(net, x):
    return net.last(checkpoint(block, net, x.requires_grad_(), use_reentrant=True))


def on_host(net, x):
    with torch.autograd.graph.save_on_cpu():
        return net.last(block(net, x))


def in_place(net, x):
    hidden = net.first(x)
    hidden[:, :2] *= 2
    hidden.relu_()
    left, right = hidden.chunk(2, dim=1)
    return net.last(torch.cat([left * 2, right], dim=1))


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.variable = "not a leaf"
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x * x * grad


def own_function(net, x):
    return net.last(Cube.apply(net.first(x)))


def complex_numbers(net, x):
    return net.last(torch.fft.ifft(torch.fft.fft(net.first(x))).real)


def per_sample(net, x):
    return torch.func.vmap(lambda row: net.last(net.first(row)))(x)


def several_outputs(net, x):
    return {"all": [plain(net, x)]}["all"][0]


FORWARDS = [
    plain, checkpointed, checkpointed_anew, on_host, in_place, own_function, complex_numbers,
    per_sample, several_outputs,
]  # fmt: skip


def simple(net, optimizer):
    loss = functional.cross_entropy(net(X.clone()), torch.tensor([0, 1, 0, 1, 1, 0]))
    loss.backward()
    return loss


def penalized(net, optimizer):
    x = X.clone().requires_grad_()
    out = net(x).square().mean()
    (slope,) = torch.autograd.grad(out, x, create_graph=True)
    loss = out + 0.1 * slope.norm()
    loss.backward()
    return loss


def twice(net, optimizer):
    loss = functional.mse_loss(net(X.clone()), torch.zeros(6, 2))
    loss.backward(retain_graph=True)
    (loss * 0.5).backward()
    return loss


def through_gradients(net, optimizer):
    loss = net(X.clone()).square().mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loss.backward(create_graph=True)
    sum(p.grad.square().sum() for p in net.parameters()).backward()
    return loss


def from_several(net, optimizer):
    out = net(X.clone())
    torch.autograd.backward([out[:, 0], out[:, 1].sum()], [torch.ones(6), None])
    return out.sum()


def in_another_thread(net, optimizer):
    losses = []
    thread = threading.Thread(target=lambda: losses.append(simple(net, optimizer)))
    thread.start()
    thread.join()
    return losses[0]


LOSSES = [simple, penalized, twice, through_gradients, from_several, in_another_thread]


def train(forward, step):
    torch.manual_seed(0)
    net = Net(forward)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        losses.append(step(net, optimizer).item())
        optimizer.step()
    bits = [p.detach().view(torch.int32).tolist() for p in net.parameters()]
    optimizer.zero_grad()
    return losses, bits, torch.rand(3).tolist()


@pytest.mark.parametrize("step", LOSSES, ids=lambda step: step.__name__)
@pytest.mark.parametrize("forward", FORWARDS, ids=lambda forward: forward.__name__)
def test_the_same_bits_with_and_without(forward, step):
    def run():
        try:
            return train(forward, step)
        except RuntimeError as error:  # a reentrant checkpoint, for one, has no double backward
            return str(error)

    bare = run()
    with backtrace.record() as trace:
        recorded = run()
    assert bare == recorded
    unseen = [event for event in trace.events if isinstance(event, Unseen)]
    assert not unseen or step is in_another_thread, unseen
    if step is not in_another_thread and not isinstance(bare, str):
        assert sum(isinstance(event, GraphSeen) for event in trace.events) >= 5


def test_compiled_models_are_trained_the_same():
    def run():
        torch._dynamo.reset()
        torch.manual_seed(0)
        net = Net(lambda net, x: net.last(torch.tanh(net.first(x))))
        model = torch.compile(net, backend="eager")
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            functional.cross_entropy(model(X), torch.tensor([0, 1, 0, 1, 1, 0])).backward()
            optimizer.step()
        return [p.detach().tolist() for p in net.parameters()]

    bare = run()
    with backtrace.record() as trace:
        recorded = run()
    assert bare == recorded
    graphs = [event for event in trace.events if isinstance(event, GraphSeen)]
    assert [graph.path[0].name for graph in graphs] == ["NllLossBackward0"] * 3


def test_sparse_gradients():
    def run():
        torch.manual_seed(0)
        table = nn.Embedding(10, 3, sparse=True)
        optimizer = torch.optim.SparseAdam(table.parameters())
        for _ in range(3):
            optimizer.zero_grad()
            table(torch.tensor([1, 2, 2])).sigmoid().sum().backward()
            optimizer.step()
        return table.weight.tolist()

    bare = run()
    with backtrace.record() as trace:
        assert run() == bare
    graph = next(event for event in trace.events if isinstance(event, GraphSeen))
    assert len(graph.reached) == 1


def test_losses_in_another_thread_are_not_read():
    with backtrace.record() as trace:
        thread = threading.Thread(target=functional.mse_loss, args=(X, X))
        thread.start()
        thread.join()
    assert not any(isinstance(event, LossCalled) for event in trace.events)


def test_nothing_stays_in_torch():
    found = functional.mse_loss, torch.autograd.graph.saved_tensors_hooks.__enter__
    before = [function.__code__ for function in found]
    with backtrace.record():
        assert functional.mse_loss is found[0]  # the same object, which runs other code
        assert all(f.__code__ is not code for f, code in zip(found, before, strict=True))
    assert (functional.mse_loss, torch.autograd.graph.saved_tensors_hooks.__enter__) == found
    assert [function.__code__ for function in found] == before
