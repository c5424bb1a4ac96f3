"""Loops in which no optimizer of torch's steps, or not as most do, for benchmarks/breadth.py."""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from .case import BATCH, WIDTH, Case, bits_of
from .loops import train_by_closure, train_once


def _lbfgs() -> list[Tensor]:
    model, x = nn.Linear(WIDTH, 1), torch.randn(BATCH, WIDTH)
    opt = torch.optim.LBFGS(model.parameters(), max_iter=3, line_search_fn="strong_wolfe")
    for _ in range(2):
        train_by_closure(random.Random(0), model, opt, lambda: model(x).pow(2).mean())
    return bits_of(model)


def _sparse() -> list[Tensor]:
    model = nn.Embedding(9, WIDTH, sparse=True)
    opt = torch.optim.SparseAdam(model.parameters())
    for _ in range(2):
        train_once(random.Random(0), model, opt, lambda: model(torch.tensor([1, 3, 3])).sum())
    return [model.weight.detach().clone()]


def _maml() -> list[Tensor]:
    model, x = nn.Linear(WIDTH, 1), torch.randn(BATCH, WIDTH)
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(2):
        opt.zero_grad()
        fast = dict(model.named_parameters())
        for _ in range(2):
            loss = torch.func.functional_call(model, fast, (x,)).pow(2).mean()
            grads = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
            fast = {n: p - 0.1 * g for (n, p), g in zip(fast.items(), grads, strict=True)}
        torch.func.functional_call(model, fast, (x,)).pow(2).mean().backward()
        opt.step()
    return bits_of(model, opt)


def _functional_loop() -> list[Tensor]:
    model, x = nn.Linear(WIDTH, 1), torch.randn(BATCH, WIDTH)
    values = {name: p.detach() for name, p in model.named_parameters()}

    def loss(values: dict[str, Tensor]) -> Tensor:
        return torch.func.functional_call(model, values, (x,)).pow(2).mean()

    for _ in range(2):
        grads = torch.func.grad(loss)(values)
        values = {name: value - 0.1 * grads[name] for name, value in values.items()}
    return [value.clone() for value in values.values()]


def _per_sample() -> list[Tensor]:
    model, x = nn.Linear(WIDTH, 1), torch.randn(BATCH, WIDTH)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)

    def loss(values: dict[str, Tensor], row: Tensor) -> Tensor:
        return torch.func.functional_call(model, values, (row,)).pow(2).sum()

    for _ in range(2):
        values = {name: p.detach() for name, p in model.named_parameters()}
        grads = torch.func.vmap(torch.func.grad(loss), (None, 0))(values, x)
        for name, parameter in model.named_parameters():
            parameter.grad = grads[name].mean(0)
        opt.step()
    return bits_of(model)


def _complex_numbers() -> list[Tensor]:
    weight = nn.Parameter(torch.randn(3, 3, dtype=torch.complex64))
    opt = torch.optim.Adam([weight])
    for _ in range(2):
        opt.zero_grad()
        (weight @ weight).abs().sum().backward()
        opt.step()
    return [weight.detach().clone()]


def _hogwild() -> list[Tensor]:
    model = nn.Linear(WIDTH, 1).share_memory()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        train_once(random.Random(0), model, opt, lambda: model(torch.ones(2, WIDTH)).sum())
    return bits_of(model)


def _gan() -> list[Tensor]:
    one, two = nn.Linear(2, WIDTH), nn.Linear(WIDTH, 1)
    opts = [torch.optim.Adam(each.parameters()) for each in (one, two)]
    for _ in range(2):
        fake = one(torch.randn(BATCH, 2))
        opts[1].zero_grad()
        (two(fake.detach()).mean() - two(torch.randn(BATCH, WIDTH)).mean()).backward()
        opts[1].step()
        opts[0].zero_grad()
        (-two(fake).mean()).backward()
        opts[0].step()
    return bits_of(one, two, *opts)


def _compiled() -> list[Tensor]:
    model = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
    fast = torch.compile(model, backend="eager")
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        train_once(random.Random(0), model, opt, lambda: fast(torch.ones(2, WIDTH)).sum())
    return bits_of(model)


def _scripted() -> list[Tensor]:
    model = torch.jit.script(nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)))
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        train_once(random.Random(0), model, opt, lambda: model(torch.ones(2, WIDTH)).sum())
    return bits_of(model)


_IN_FUNC = "gradients that torch.func returns never reach .grad, and no optimizer steps"
_TRAININGS = {
    "LBFGS": _lbfgs, "SparseAdam": _sparse, "MAML": _maml, "GAN": _gan,
    "functional": _functional_loop, "per-sample gradients": _per_sample,
    "complex numbers": _complex_numbers, "shared memory": _hogwild, "torch.compile": _compiled,
    "TorchScript": _scripted,
}  # fmt: skip


def odd_cases() -> Iterator[Case]:
    """Give each of them, and say of which nothing can be seen."""
    for name, train in _TRAININGS.items():
        yield Case("odd loops", name, train, _IN_FUNC if name == "functional" else "")
