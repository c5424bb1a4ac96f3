"""torch's ways to compute the same differently: mixed precision, compilers, checkpoints."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from .case import BATCH, WIDTH, Case, bits_of
from .loops import train_by_closure, train_once

KINDS = ("linear", "convolution", "attention", "recurrent", "normalized")


def net_of(kind: str) -> nn.Sequential:
    """Return a small network that takes and returns rows of `WIDTH` numbers."""
    from .networks import _Attention, _First

    inner: nn.Module = {
        "linear": lambda: nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU()),
        "convolution": lambda: nn.Sequential(
            nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 1, 3, padding=1), nn.Flatten()),
        "attention": lambda: nn.Sequential(
            nn.Unflatten(1, (1, WIDTH)), _Attention(WIDTH), nn.Flatten()),
        "recurrent": lambda: nn.Sequential(
            nn.Unflatten(1, (1, WIDTH)), _First(nn.GRU(WIDTH, WIDTH, batch_first=True)),
            nn.Flatten()),
        "normalized": lambda: nn.Sequential(nn.BatchNorm1d(WIDTH), nn.Dropout(0.2)),
    }[kind]()  # fmt: skip
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), inner, nn.Linear(WIDTH, WIDTH))


def mode_cases() -> Iterator[Case]:
    """Give mixed precision, compilers and checkpoints."""
    yield from _amp_cases()
    yield from _compiled_cases()
    for name, way in CHECKPOINTS.items():
        for kind, take in itertools.product(KINDS, ("once", "closure", "twice")):
            yield Case(
                "checkpointing", f"{name}, {kind}, {take}", partial(_checked, way, kind, take)
            )


# -- mixed precision ----------------------------------------------------------------------------


def _amp_cases() -> Iterator[Case]:
    types = (torch.bfloat16, torch.float16)
    for kind, dtype, cache, scale in itertools.product(
        KINDS, types, (True, False), (None, 8.0, 1e38)
    ):
        name = f"{kind}, {dtype}, cache {cache}, scale {scale}"
        skips = "the scaler finds inf and takes no step" if scale == 1e38 else ""
        yield Case("mixed precision", name, partial(_amp, kind, dtype, cache, scale), skips)
    for kind, dtype in itertools.product(KINDS, (*types, torch.float64)):
        yield Case("mixed precision", f"{kind}, all in {dtype}", partial(_whole, kind, dtype))
        yield Case("mixed precision", f"{kind}, main copy, {dtype}", partial(_main, kind, dtype))


def _amp(kind: str, dtype: torch.dtype, cache: bool, scale: float | None) -> list[Tensor]:
    model, x = net_of(kind), torch.randn(BATCH, WIDTH)
    opt = torch.optim.AdamW(model.parameters())
    scaler = torch.amp.GradScaler("cpu", init_scale=scale or 1.0, enabled=scale is not None)
    for number in range(3):
        opt.zero_grad()
        with torch.autocast("cpu", dtype=dtype, cache_enabled=cache):
            out = model(x)
            with torch.autocast("cpu", enabled=False):
                loss = out.float().pow(2).mean()
        scaler.scale(loss).backward()
        if number:
            scaler.unscale_(opt)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(opt)
        scaler.update()
    return bits_of(model, opt)


def _whole(kind: str, dtype: torch.dtype) -> list[Tensor]:
    model, x = net_of(kind).to(dtype), torch.randn(BATCH, WIDTH, dtype=dtype)
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        train_once(random.Random(0), model, opt, lambda: model(x).float().pow(2).mean())
    return bits_of(model, opt)


def _main(kind: str, dtype: torch.dtype) -> list[Tensor]:
    """Train in a low precision, with a copy in float32 that the optimizer holds."""
    model = net_of(kind).to(dtype)
    main = [p.detach().clone().float().requires_grad_() for p in model.parameters()]
    opt = torch.optim.Adam(main)
    for _ in range(2):
        model.zero_grad()
        model(torch.randn(BATCH, WIDTH, dtype=dtype)).float().pow(2).mean().backward()
        for own, low in zip(main, model.parameters(), strict=True):
            own.grad = None if low.grad is None else low.grad.float()
        opt.step()
        with torch.no_grad():
            for own, low in zip(main, model.parameters(), strict=True):
                low.copy_(own)
    return [*bits_of(model, opt), *(each.detach().clone() for each in main)]


# -- compilers ----------------------------------------------------------------------------------

COMPILED: dict[str, Callable[[nn.Module], Any]] = {
    "eager": lambda m: torch.compile(m, backend="eager"),
    "eager, dynamic": lambda m: torch.compile(m, backend="eager", dynamic=True),
    "eager, whole graph": lambda m: torch.compile(m, backend="eager", fullgraph=True),
    "aot_eager": lambda m: torch.compile(m, backend="aot_eager"),
    "partitioned": lambda m: torch.compile(m, backend="aot_eager_decomp_partition"),
    "in place": lambda m: m.compile(backend="eager") or m,
    "trace": lambda m: torch.jit.trace(m, torch.randn(BATCH, WIDTH), check_trace=False),
    "script": torch.jit.script,
}  # fmt: skip


def _compiled_cases() -> Iterator[Case]:
    for (name, way), kind in itertools.product(COMPILED.items(), KINDS):
        yield Case("compilers", f"{name}, {kind}", partial(_compiled, way, kind))
    for kind in ("linear", "normalized"):
        yield Case("compilers", f"inductor, {kind}", partial(_compiled, torch.compile, kind))
    for name in ("SGD", "Adam", "AdamW", "RMSprop"):
        yield Case("compilers", f"compiled step of {name}", partial(_compiled_step, name))
    yield Case("compilers", "a whole update", _compiled_update, _COMPILED_WHOLE)
    yield Case("compilers", "compiled autograd", _compiled_autograd)


_COMPILED_WHOLE = "zero_grad, backward and step run inside compiled code, where no hook is called"


def _compiled(way: Callable[[nn.Module], Any], kind: str) -> list[Tensor]:
    torch._dynamo.reset()
    model = net_of(kind)
    fast = way(model)
    trained = fast if isinstance(fast, torch.jit.ScriptModule) else model
    opt = torch.optim.Adam(trained.parameters())
    for _ in range(2):
        train_once(
            random.Random(0), trained, opt,
            lambda: fast(torch.randn(BATCH, WIDTH)).pow(2).mean(),
        )  # fmt: skip
    return bits_of(trained, opt)


def _compiled_step(name: str) -> list[Tensor]:
    torch._dynamo.reset()
    model = net_of("linear")
    opt = getattr(torch.optim, name)(model.parameters(), lr=0.01)
    step = torch.compile(opt.step, backend="eager")
    for _ in range(2):
        opt.zero_grad()
        model(torch.randn(BATCH, WIDTH)).pow(2).mean().backward()
        step()
    return bits_of(model, opt)


def _compiled_update() -> list[Tensor]:
    torch._dynamo.reset()
    model = net_of("linear")
    opt = torch.optim.SGD(model.parameters(), lr=0.01)

    @torch.compile(backend="eager")
    def update(x: Tensor) -> Tensor:
        opt.zero_grad()
        loss = model(x).pow(2).mean()
        loss.backward()
        opt.step()
        return loss

    for _ in range(2):
        update(torch.randn(BATCH, WIDTH))
    return bits_of(model)


def _compiled_autograd() -> list[Tensor]:
    torch._dynamo.reset()
    model = net_of("linear")
    opt = torch.optim.SGD(model.parameters(), lr=0.01)
    compiler = partial(torch.compile, backend="eager")
    for _ in range(2):
        opt.zero_grad()
        with torch._dynamo.compiled_autograd._enable(compiler):
            model(torch.randn(BATCH, WIDTH)).pow(2).mean().backward()
        opt.step()
    return bits_of(model)


# -- checkpoints --------------------------------------------------------------------------------


def _selective() -> Any:
    from torch.utils.checkpoint import create_selective_checkpoint_contexts

    return create_selective_checkpoint_contexts([torch.ops.aten.addmm.default])


def _late(model: nn.Module, x: Tensor) -> Tensor:
    with torch.utils.checkpoint.set_checkpoint_early_stop(False):
        return checkpoint(model, x, use_reentrant=False)


def _offloaded(model: nn.Module, x: Tensor) -> Tensor:
    with torch.autograd.graph.save_on_cpu():
        return model(x)


CHECKPOINTS: dict[str, Callable[[nn.Sequential, Tensor], Tensor]] = {
    "reentrant": lambda m, x: checkpoint(m, x, use_reentrant=True),
    "not reentrant": lambda m, x: checkpoint(m, x, use_reentrant=False),
    "other random numbers": lambda m, x: checkpoint(
        m, x, use_reentrant=False, preserve_rng_state=False),
    "in a row": lambda m, x: checkpoint_sequential(m, 2, x, use_reentrant=False),
    "in a row, reentrant": lambda m, x: checkpoint_sequential(m, 2, x, use_reentrant=True),
    "nested": lambda m, x: checkpoint(
        lambda y: checkpoint(m, y, use_reentrant=False), x, use_reentrant=False),
    "selective": lambda m, x: checkpoint(m, x, use_reentrant=False, context_fn=_selective),
    "no early stop": _late,
    "saved on the CPU": _offloaded,
}  # fmt: skip


def _checked(way: Callable[[nn.Sequential, Tensor], Tensor], kind: str, take: str) -> list[Tensor]:
    model, opt_class = net_of(kind), torch.optim.LBFGS if take == "closure" else torch.optim.AdamW
    opt = opt_class(model.parameters(), lr=0.01)
    x = torch.randn(BATCH, WIDTH, requires_grad=True)

    def loss() -> Tensor:
        found = way(model, x)
        return functional.mse_loss(way(model, found) if take == "twice" else found, x.detach())

    for _ in range(2):
        (train_by_closure if take == "closure" else train_once)(random.Random(0), model, opt, loss)
    return bits_of(model)
