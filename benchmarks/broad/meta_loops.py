"""Loops of functions, of losses about losses, and of several models that train one another."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, hessian, jacrev, jvp, stack_module_state, vjp, vmap
from torch.nn import functional

from .case import BATCH, WIDTH, Case, bits_of
from .modes import KINDS, net_of

_IN_FUNC = "gradients that torch.func returns never reach .grad, and no optimizer steps"
Made = tuple[nn.Module, torch.optim.Optimizer, Callable[[], Tensor]]
LOOPS: dict[str, tuple[Callable[[str], list[Tensor]], str]] = {}


def loop(train: Callable[[str], list[Tensor]]) -> Callable[[str], list[Tensor]]:
    """Enter a loop, which takes the kind of its network, under its name."""
    LOOPS[train.__name__.strip("_").replace("_", " ")] = train, ""
    return train


def unseen_loop(train: Callable[[str], list[Tensor]]) -> Callable[[str], list[Tensor]]:
    """Enter a loop in which no gradient reaches `.grad`."""
    LOOPS[train.__name__.strip("_").replace("_", " ")] = train, _IN_FUNC
    return train


def meta_cases() -> Iterator[Case]:
    """Give each loop with each kind of network."""
    for name, (train, unseen) in LOOPS.items():
        for kind in KINDS:
            yield Case("functional and meta", f"{name}, {kind}", partial(train, kind), unseen)


def _make(kind: str, optimizer: str = "Adam", **options: Any) -> Made:
    model = net_of(kind)
    opt = getattr(torch.optim, optimizer)(model.parameters(), lr=0.01, **options)
    return model, opt, lambda: torch.randn(BATCH, WIDTH)


def _call(model: nn.Module, values: Any, x: Tensor) -> Tensor:
    return functional_call(model, values, (x,)).pow(2).mean()


def _values(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach() for name, p in model.named_parameters()}


# -- meta-learning ------------------------------------------------------------------------------


@loop
def _maml(kind: str, *, first_order: bool = False, some: bool = False) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        opt.zero_grad()
        for _ in range(2):
            fast = dict(model.named_parameters())
            names = [*fast][-2:] if some else [*fast]
            for _ in range(2):
                loss = _call(model, fast, draw())
                found = torch.autograd.grad(
                    loss, [fast[name] for name in names], create_graph=not first_order
                )
                fast |= {n: fast[n] - 0.1 * g for n, g in zip(names, found, strict=True)}
            _call(model, fast, draw()).backward()
        opt.step()
    return bits_of(model, opt)


@loop
def _first_order_maml(kind: str) -> list[Tensor]:
    return _maml(kind, first_order=True)


@loop
def _anil(kind: str) -> list[Tensor]:
    return _maml(kind, some=True)


@loop
def _reptile(kind: str) -> list[Tensor]:
    model, _, draw = _make(kind)
    for _ in range(2):
        inner = copy.deepcopy(model)
        opt = torch.optim.SGD(inner.parameters(), lr=0.1)
        for _ in range(2):
            opt.zero_grad()
            inner(draw()).pow(2).mean().backward()
            opt.step()
        with torch.no_grad():
            for slow, fast in zip(model.parameters(), inner.parameters(), strict=True):
                slow.add_(fast - slow, alpha=0.5)
    return bits_of(model)


@loop
def _learned_rate(kind: str) -> list[Tensor]:
    model, _, draw = _make(kind)
    rate = nn.Parameter(torch.tensor(0.1))
    opt = torch.optim.Adam([rate])
    for _ in range(2):
        found = torch.autograd.grad(
            model(draw()).pow(2).mean(), [*model.parameters()], create_graph=True
        )
        pairs = zip(model.named_parameters(), found, strict=True)
        opt.zero_grad()
        _call(model, {name: p - rate * g for (name, p), g in pairs}, draw()).backward()
        opt.step()
    return [*bits_of(model), rate.detach().clone()]


@loop
def _reweighted_examples(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        x, weights = draw(), torch.zeros(BATCH, requires_grad=True)
        fast = dict(model.named_parameters())
        inner = (functional_call(model, fast, (x,)).pow(2).mean(1) * weights).sum()
        found = torch.autograd.grad(inner, [*fast.values()], create_graph=True)
        fast = {n: p - 0.1 * g for (n, p), g in zip(fast.items(), found, strict=True)}
        (of_weights,) = torch.autograd.grad(_call(model, fast, draw()), weights)
        opt.zero_grad()
        (model(x).pow(2).mean(1) * (-of_weights).clamp(min=0)).sum().backward()
        opt.step()
    return bits_of(model, opt)


# -- torch.func ---------------------------------------------------------------------------------


@unseen_loop
def _functional(kind: str) -> list[Tensor]:
    model, _, draw = _make(kind)
    values = _values(model)
    for _ in range(2):
        x = draw()
        found = grad(lambda some, x=x: _call(model, some, x))(values)
        values = {name: value - 0.1 * found[name] for name, value in values.items()}
    return [value.clone() for value in values.values()]


@loop
def _gradients_put_in(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        x = draw()
        found = grad(lambda some, x=x: _call(model, some, x))(_values(model))
        for name, parameter in model.named_parameters():
            parameter.grad = found[name]
        opt.step()
    return bits_of(model, opt)


@loop
def _per_sample(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)

    def loss(values: dict[str, Tensor], row: Tensor) -> Tensor:
        return _call(model, values, row[None])

    for _ in range(2):
        found = vmap(grad(loss), (None, 0), randomness="different")(_values(model), draw())
        for name, parameter in model.named_parameters():
            parameter.grad = found[name].mean(0) + 0.01 * torch.randn_like(parameter)
        opt.step()
    return bits_of(model, opt)


@loop
def _ensemble(kind: str) -> list[Tensor]:
    models = [net_of(kind) for _ in range(3)]
    values, buffers = stack_module_state(models)
    base = copy.deepcopy(models[0]).to("meta")
    opt = torch.optim.Adam([*values.values()])

    def out(some: Any, kept: Any, x: Tensor) -> Tensor:
        return functional_call(base, (some, kept), (x,))

    for _ in range(2):
        opt.zero_grad()
        together = vmap(out, (0, 0, None), randomness="different")
        together(values, buffers, torch.randn(BATCH, WIDTH)).pow(2).mean((1, 2)).sum().backward()
        opt.step()
    return [value.detach().clone() for value in values.values()]


@loop
def _forward_gradient(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind, "SGD")
    for _ in range(2):
        x, values = draw(), _values(model)
        way = {name: torch.randn_like(value) for name, value in values.items()}
        _, slope = jvp(lambda some, x=x: _call(model, some, x), (values,), (way,))
        for name, parameter in model.named_parameters():
            parameter.grad = slope * way[name]
        opt.step()
    return bits_of(model)


@loop
def _newton(kind: str) -> list[Tensor]:
    weight = nn.Parameter(torch.randn(WIDTH))
    x = torch.randn(BATCH, WIDTH)
    opt = torch.optim.SGD([weight], lr=1.0)
    for _ in range(2):
        curve = hessian(lambda w: (x @ w).sub(1).pow(2).mean() + w.pow(4).sum())(weight.detach())
        slope = jacrev(lambda w: (x @ w).sub(1).pow(2).mean() + w.pow(4).sum())(weight.detach())
        weight.grad = torch.linalg.solve(curve + 0.1 * torch.eye(WIDTH), slope)
        opt.step()
    return [weight.detach().clone()]


@loop
def _vector_products(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        x = draw()
        out, back = vjp(lambda some, x=x: functional_call(model, some, (x,)), _values(model))
        (found,) = back(torch.ones_like(out))
        for name, parameter in model.named_parameters():
            parameter.grad = found[name]
        opt.step()
    return bits_of(model, opt)


@unseen_loop
def _evolution(kind: str) -> list[Tensor]:
    model, _, draw = _make(kind)
    with torch.no_grad():
        for _ in range(2):
            x, start = draw(), [p.clone() for p in model.parameters()]
            noise = [torch.randn_like(p) for p in start]
            for p, n in zip(model.parameters(), noise, strict=True):
                p.add_(n, alpha=0.1)
            score = model(x).pow(2).mean()
            for p, old, n in zip(model.parameters(), start, noise, strict=True):
                p.copy_(old - 0.1 * score * n)
    return bits_of(model)


# -- losses about losses, and several models ----------------------------------------------------


@loop
def _sharpness_aware(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        x = draw()
        model.zero_grad()
        model(x).pow(2).mean().backward()
        moved = [(p, 0.05 * p.grad.sign()) for p in model.parameters() if p.grad is not None]
        with torch.no_grad():
            for p, way in moved:
                p.add_(way)
        model.zero_grad()
        model(x).pow(2).mean().backward()
        with torch.no_grad():
            for p, way in moved:
                p.sub_(way)
        opt.step()
    return bits_of(model, opt)


@loop
def _lookahead(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    slow = [p.detach().clone() for p in model.parameters()]
    for number in range(4):
        opt.zero_grad()
        model(draw()).pow(2).mean().backward()
        opt.step()
        if number % 2:
            for old, p in zip(slow, model.parameters(), strict=True):
                old.add_(p.data - old, alpha=0.5)
                p.data.copy_(old)
    return bits_of(model, opt)


@loop
def _teacher(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    teacher = copy.deepcopy(model).requires_grad_(False)
    for _ in range(2):
        x = draw()
        opt.zero_grad()
        functional.mse_loss(model(x), teacher(x + 0.1 * torch.randn_like(x))).backward()
        opt.step()
        with torch.no_grad():
            for old, p in zip(teacher.parameters(), model.parameters(), strict=True):
                old.lerp_(p, 0.1)
    return bits_of(model, teacher, opt)


@loop
def _penalized_critic(kind: str) -> list[Tensor]:
    maker, one, draw = _make(kind)
    critic, two, _ = _make("linear")
    for _ in range(2):
        fake, true = maker(draw()), draw()
        between = (fake.detach() + true).div(2).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        two.zero_grad()
        cost = critic(fake.detach()).mean() - critic(true).mean()
        (cost + slope.norm(dim=1).sub(1).pow(2).mean()).backward()
        two.step()
        one.zero_grad()
        (-critic(fake).mean()).backward()
        one.step()
    return bits_of(maker, critic, one, two)


@loop
def _adversarial(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        x = draw().requires_grad_()
        (slope,) = torch.autograd.grad(model(x).pow(2).mean(), x)
        opt.zero_grad()
        model(x.detach() + 0.1 * slope.sign()).pow(2).mean().backward()
        opt.step()
    return bits_of(model, opt)


@loop
def _conflicts_projected(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        out = model(draw())
        wanted = [*model.parameters()]
        one = torch.autograd.grad(out.mean(), wanted, retain_graph=True)
        two = torch.autograd.grad(out.pow(2).mean(), wanted)
        for p, a, b in zip(wanted, one, two, strict=True):
            p.grad = a + b - (a * b).sum().clamp(max=0) / (b.pow(2).sum() + 1e-6) * b
        opt.step()
    return bits_of(model, opt)


@loop
def _policy_gradient(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        choice = torch.distributions.Categorical(logits=model(draw()))
        taken = choice.sample()
        opt.zero_grad()
        (
            -(choice.log_prob(taken) * taken.float()).mean() - 0.1 * choice.entropy().mean()
        ).backward()
        opt.step()
    return bits_of(model, opt)


@loop
def _variational(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        mean, spread = model(draw()).chunk(2, 1)
        found = torch.distributions.Normal(mean, functional.softplus(spread) + 1e-3)
        opt.zero_grad()
        prior = torch.distributions.Normal(0.0, 1.0)
        cost = torch.distributions.kl_divergence(found, prior).mean()
        (found.rsample().pow(2).mean() + cost).backward()
        opt.step()
    return bits_of(model, opt)


class _Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.sign()

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output.clone()


@loop
def _straight_through(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(2):
        opt.zero_grad()
        _Straight.apply(model(draw())).sub(0.5).pow(2).mean().backward()
        opt.step()
    return bits_of(model, opt)


@loop
def _noisy_gradients(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for p in model.parameters():
        p.register_post_accumulate_grad_hook(lambda p: p.grad.add_(0.01 * torch.randn_like(p)))
    for _ in range(2):
        opt.zero_grad()
        model(draw()).pow(2).mean().backward()
        opt.step()
    return bits_of(model, opt)


@loop
def _step_in_backward(kind: str) -> list[Tensor]:
    model, _, draw = _make(kind)
    opts = {p: torch.optim.SGD([p], lr=0.1) for p in model.parameters()}

    def take(p: Tensor) -> None:
        opts[p].step()
        opts[p].zero_grad()

    for p in model.parameters():
        p.register_post_accumulate_grad_hook(take)
    for _ in range(2):
        model(draw()).pow(2).mean().backward()
    return bits_of(model)


@loop
def _grown(kind: str) -> list[Tensor]:
    model, opt, draw = _make(kind)
    for _ in range(3):
        opt.zero_grad()
        model(draw()).pow(2).mean().backward()
        opt.step()
        model.append(nn.Linear(WIDTH, WIDTH))
        opt.add_param_group({"params": model[-1].parameters(), "lr": 0.1})
    return bits_of(model, opt)


@loop
def _pruned(kind: str) -> list[Tensor]:
    from torch.nn.utils import prune

    model, _, draw = _make(kind)
    prune.l1_unstructured(model[0], "weight", 0.5)
    opt = torch.optim.Adam(model.parameters())
    for _ in range(2):
        opt.zero_grad()
        model(draw()).pow(2).mean().backward()
        opt.step()
    prune.remove(model[0], "weight")
    return bits_of(model)
