"""Ways to take an update, for random networks."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Once = Callable[[], Tensor]
Loop = Callable[[random.Random, nn.Module, Any, Once], None]


def train_once(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    """Take one update, as most do."""
    opt.zero_grad()
    loss().backward()
    opt.step()


def _accumulating(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    opt.zero_grad(set_to_none=False)
    for _ in range(2):
        (loss() / 2).backward()
    opt.step()


def _clipping(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    opt.zero_grad()
    loss().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1, norm_type=chance.choice([2.0, float("inf")]))
    nn.utils.clip_grad_value_(model.parameters(), 0.05)
    opt.step()


def train_by_closure(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    """Take one update, out of a closure."""

    def closure() -> Tensor:
        opt.zero_grad()
        found = loss()
        found.backward()
        return found

    opt.step(closure)


def _autocast(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss()
    found.backward()
    opt.step()


def _scaled(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    opt.zero_grad()
    scaler.scale(loss()).backward()
    if chance.random() < 0.5:
        scaler.unscale_(opt)
    scaler.step(opt)
    scaler.update()


def _two_losses(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    model.zero_grad()
    found = loss()
    found.backward(retain_graph=True)
    (0.1 * found).backward()
    opt.step()


def _penalized(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    opt.zero_grad()
    found = loss()
    wanted = [p for p in model.parameters() if p.requires_grad]
    grads = torch.autograd.grad(found, wanted, create_graph=True, allow_unused=True)
    (found + sum(g.pow(2).sum() for g in grads if g is not None)).backward()
    opt.step()


def _hooked(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    handles = [p.register_hook(lambda grad: grad * 0.5) for p in model.parameters()]
    handles.append(model.register_forward_hook(lambda m, args, out: out * 1.5))
    opt.zero_grad()
    loss().backward()
    opt.step()
    for handle in handles:
        handle.remove()


def _edited(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    for parameter in model.parameters():
        parameter.grad = None
    loss().backward()
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad += torch.randn_like(parameter.grad) * 0.01
    opt.step()
    with torch.no_grad():
        next(model.parameters()).clamp_(-1, 1)


def _averaging(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    opt.zero_grad()
    loss().backward()
    opt.step()
    mean = torch.optim.swa_utils.AveragedModel(model)
    mean.update_parameters(model)


def _frozen_half(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    for parameter in list(model.parameters())[::2]:
        parameter.requires_grad_(chance.random() < 0.5)
    opt.zero_grad()
    found = loss()
    if found.requires_grad:
        found.backward()
    opt.step()


def _restored(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    saved = copy.deepcopy(model.state_dict()), copy.deepcopy(opt.state_dict())
    train_once(chance, model, opt, loss)
    model.load_state_dict(saved[0])
    opt.load_state_dict(saved[1])
    train_once(chance, model, opt, loss)


def _by_hand(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    loss().backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad  # noqa: PLW2901
                parameter.grad.zero_()


def _anomaly(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    with torch.autograd.set_detect_anomaly(mode=True):
        train_once(chance, model, opt, loss)


def _saved_elsewhere(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    with torch.autograd.graph.saved_tensors_hooks(lambda x: x.clone(), lambda x: x):
        train_once(chance, model, opt, loss)


def _evaluating(chance: random.Random, model: nn.Module, opt: Any, loss: Once) -> None:
    train_once(chance, model, opt, loss)
    model.eval()
    with torch.no_grad() if chance.random() < 0.5 else torch.inference_mode():
        loss()
    model.train()


LOOPS: dict[str, Loop] = {
    "plain": train_once, "accumulating": _accumulating, "clipping": _clipping,
    "closure": train_by_closure, "autocast": _autocast, "scaled": _scaled,
    "two losses": _two_losses,
    "penalized": _penalized, "hooked": _hooked, "edited": _edited, "averaging": _averaging,
    "frozen": _frozen_half, "restored": _restored, "by hand": _by_hand, "anomaly": _anomaly,
    "saved elsewhere": _saved_elsewhere, "evaluating": _evaluating,
}  # fmt: skip
