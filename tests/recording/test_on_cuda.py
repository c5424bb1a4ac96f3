"""Loops on a CUDA device: the same bits with and without, and the same books as on the CPU."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import backtrace
from backtrace.ledger.events import Edited, StepSkipped, Unseen

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "fused adamw": lambda p: torch.optim.AdamW(p, lr=1e-2, fused=True),
    "capturable adam": lambda p: torch.optim.Adam(p, lr=1e-2, capturable=True),
    "adam, its rate a tensor": lambda p: torch.optim.Adam(
        p, lr=torch.tensor(1e-2, device="cuda"), capturable=True
    ),
    "one by one": lambda p: torch.optim.RMSprop(p, lr=1e-3, foreach=False),
}


def make_net(device="cuda"):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(30, 300), nn.GELU(), nn.LayerNorm(300), nn.Linear(300, 3)).to(
        device
    )


def batch(device="cuda"):
    return torch.randn(16, 30).to(device), torch.randint(3, (16,)).to(device)


def plain(net, optimizer, device="cuda"):
    optimizer.zero_grad()
    x, y = batch(device)
    functional.cross_entropy(net(x), y).backward()
    optimizer.step()


def accumulated(net, optimizer):
    for _ in range(3):
        x, y = batch()
        (functional.cross_entropy(net(x), y) / 3).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)


def autocast(net, optimizer):
    with torch.autocast("cuda", dtype=torch.bfloat16):
        x, y = batch()
        loss = functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def on_another_stream(net, optimizer):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        plain(net, optimizer)
    torch.cuda.current_stream().wait_stream(stream)


def checkpointed(net, optimizer):
    x, y = batch()
    hidden = checkpoint(net[:2], x, use_reentrant=False)
    functional.cross_entropy(net[2:](hidden), y).backward()
    optimizer.step()
    optimizer.zero_grad()


UPDATES = [plain, accumulated, autocast, on_another_stream, checkpointed]


def bits(net, optimizer):
    tensors = [*net.state_dict().values()]
    for state in optimizer.state.values():
        tensors += [each for each in state.values() if isinstance(each, torch.Tensor)]
    tensors += [p.grad for p in net.parameters() if p.grad is not None]
    tensors += [torch.get_rng_state(), torch.cuda.get_rng_state()]
    return [t.detach().cpu().reshape(-1).view(torch.uint8).tolist() for t in tensors]


def train(update, optimizer, updates=4):
    net = make_net()
    made = OPTIMIZERS[optimizer](net.parameters())
    for _ in range(updates):
        update(net, made)
    return bits(net, made)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("update", UPDATES)
def test_the_bits_are_the_same_and_the_books_balance(update, optimizer):
    bare = train(update, optimizer)
    with backtrace.record() as trace:
        recorded = train(update, optimizer)
    assert bare == recorded
    assert [event for event in trace.events if isinstance(event, Unseen | Edited)] == []
    assert len([each for each in trace.updates if each.is_complete]) == 4
    for each in trace.updates:
        for books in (each.grad_books, each.value_books):
            assert books.is_balanced or not books.is_known


def test_the_books_are_those_of_the_cpu():
    events = {}
    for device in ("cpu", "cuda"):
        torch.manual_seed(0)
        net = make_net(device)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        with backtrace.record() as trace:
            for _ in range(3):
                plain(net, optimizer, device)
        events[device] = trace
    here, there = events["cpu"], events["cuda"]
    assert [type(e) for e in here.events] == [type(e) for e in there.events]
    assert [e.where for e in here.events] == [e.where for e in there.events]
    assert there.losses == pytest.approx(here.losses, rel=1e-4)
    for one, other in zip(here.updates, there.updates, strict=True):
        for name, row in one.rows.items():
            assert row.value_after.norm == pytest.approx(
                other.rows[name].value_after.norm, rel=1e-4
            )


def test_a_scaler_that_skips():
    def run():
        torch.manual_seed(0)
        net, scaler = make_net(), torch.amp.GradScaler(init_scale=2.0**40, growth_interval=2)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(30):
            with torch.autocast("cuda", dtype=torch.float16):
                x, y = batch()
                loss = functional.cross_entropy(net(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
        return [*bits(net, optimizer), scaler.get_scale()]

    bare = run()
    with backtrace.record() as trace:
        recorded = run()
    assert bare == recorded
    assert not any(isinstance(event, Unseen | Edited) for event in trace.events)
    assert any(isinstance(event, StepSkipped) for event in trace.events)


def test_an_edit_is_seen():
    net = make_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record() as trace:
        for at in range(3):
            optimizer.zero_grad()
            x, y = batch()
            functional.cross_entropy(net(x), y).backward()
            if at == 1:
                net[0].weight.data.clamp_(-0.01, 0.01)
                net[0].bias.grad.data[0] += 1
            optimizer.step()
    found = [(e.account, [*e.entries]) for e in trace.events if isinstance(e, Edited)]
    assert found == [("grad", ["0.bias"]), ("value", ["0.weight"])]


def test_an_update_waits_for_nothing():
    net = make_net()
    optimizer = torch.optim.AdamW(net.parameters(), fused=True)
    x, y = batch()
    with backtrace.record() as trace:
        for at in range(12):
            torch.cuda.set_sync_debug_mode("error" if at in (8, 9, 10) else "default")
            optimizer.zero_grad()
            functional.cross_entropy(net(x), y).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        torch.cuda.set_sync_debug_mode("default")
    assert [event for event in trace.events if isinstance(event, Unseen)] == []
    assert len(trace.updates) == 12


def test_a_captured_graph_holds_nothing_of_ours():
    def run():
        net = make_net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        x, y = batch()
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                optimizer.zero_grad()
                functional.cross_entropy(net(x), y).backward()
                optimizer.step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        optimizer.zero_grad()
        with torch.cuda.graph(graph):
            functional.cross_entropy(net(x), y).backward()
            optimizer.step()
        for _ in range(3):
            graph.replay()
        torch.cuda.synchronize()
        return bits(net, optimizer)

    bare = run()
    with warnings.catch_warnings(), backtrace.record() as trace:
        recorded = run()
    assert bare == recorded
    said = [event.what for event in trace.events if isinstance(event, Unseen)]
    assert said == ["what is captured into a CUDA graph"]
    assert len([update for update in trace.updates if update.is_complete]) == 3


def test_compiled_training():
    def run():
        net = torch.compile(make_net())
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(3):
            plain(net, optimizer)
        return bits(net, optimizer)

    bare = run()
    with backtrace.record() as trace:
        recorded = run()
    assert bare == recorded and len(trace.updates) == 3
