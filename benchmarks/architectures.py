"""Random networks, optimizers and loops, for benchmarks/breadth.py.

A case builds and trains when it is called, and returns every tensor whose bits must not change.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

Train = Callable[[], list[Tensor]]
BATCH, WIDTH = 3, 4


@dataclass(frozen=True)
class Case:
    """Something to train. `unseen` says why no update of it can be seen, where that is so."""

    family: str
    name: str
    train: Train
    unseen: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


# -- random networks ----------------------------------------------------------------------------

ACTIVATIONS: list[Callable[[], nn.Module]] = [
    nn.ReLU, nn.GELU, nn.Tanh, nn.SiLU, nn.ELU, nn.Softplus, nn.PReLU, nn.RReLU, nn.Hardswish,
    nn.Mish, nn.LogSigmoid, nn.Sigmoid, nn.SELU, nn.CELU, nn.Softsign, nn.Hardtanh, nn.ReLU6,
    nn.Identity, lambda: nn.Dropout(0.3), lambda: nn.AlphaDropout(0.2), lambda: nn.LeakyReLU(0.1),
    lambda: nn.ReLU(inplace=True), lambda: nn.Threshold(0.1, 0.0), lambda: nn.Softmax(-1),
]  # fmt: skip
FLAT: list[Callable[[], nn.Module]] = [
    lambda: nn.Linear(WIDTH, WIDTH), lambda: nn.Linear(WIDTH, WIDTH, bias=False),
    lambda: nn.LayerNorm(WIDTH), lambda: nn.BatchNorm1d(WIDTH), lambda: nn.RMSNorm(WIDTH),
    lambda: nn.GroupNorm(2, WIDTH), lambda: nn.BatchNorm1d(WIDTH, affine=False),
    lambda: nn.Sequential(nn.Unflatten(1, (2, 2)), nn.Flatten()), lambda: nn.LazyLinear(WIDTH),
    lambda: _Squared(WIDTH),
    lambda: nn.BatchNorm1d(WIDTH, momentum=None, track_running_stats=False),
    lambda: parametrizations.weight_norm(nn.Linear(WIDTH, WIDTH)),
    lambda: parametrizations.spectral_norm(nn.Linear(WIDTH, WIDTH)),
    lambda: parametrizations.orthogonal(nn.Linear(WIDTH, WIDTH)),
]  # fmt: skip
SEQUENCE: list[Callable[[], nn.Module]] = [
    lambda: _First(nn.LSTM(WIDTH, WIDTH, batch_first=True)),
    lambda: _First(nn.GRU(WIDTH, WIDTH, num_layers=2, dropout=0.2, batch_first=True)),
    lambda: _First(nn.RNN(WIDTH, WIDTH, nonlinearity="relu", batch_first=True)),
    lambda: _First(nn.LSTM(WIDTH, 2, bidirectional=True, batch_first=True)),
    lambda: _First(nn.LSTM(WIDTH, 6, proj_size=WIDTH, batch_first=True)),
    lambda: nn.TransformerEncoderLayer(WIDTH, 2, 8, batch_first=True),
    lambda: nn.TransformerEncoderLayer(WIDTH, 2, 8, batch_first=True, norm_first=True),
    lambda: _Attention(WIDTH), lambda: nn.Linear(WIDTH, WIDTH), lambda: nn.LayerNorm(WIDTH),
    lambda: _Swap(nn.Conv1d(WIDTH, WIDTH, 3, padding=1)),
    lambda: _Swap(nn.BatchNorm1d(WIDTH)), lambda: _Swap(nn.InstanceNorm1d(WIDTH, affine=True)),
]  # fmt: skip
IMAGE: list[Callable[[], nn.Module]] = [
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1),
    lambda: nn.Conv2d(WIDTH, WIDTH, 1, groups=2, bias=False),
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=2, dilation=2, padding_mode="circular"),
    lambda: nn.ConvTranspose2d(WIDTH, WIDTH, 3, padding=1), lambda: nn.BatchNorm2d(WIDTH),
    lambda: nn.GroupNorm(2, WIDTH), lambda: nn.InstanceNorm2d(WIDTH, affine=True),
    lambda: nn.MaxPool2d(3, 1, 1), lambda: nn.AvgPool2d(3, 1, 1), lambda: nn.Dropout2d(0.3),
    lambda: nn.LocalResponseNorm(2), lambda: nn.ChannelShuffle(2),
    lambda: nn.Sequential(nn.PixelUnshuffle(2), nn.PixelShuffle(2)),
    lambda: nn.Sequential(nn.Upsample(scale_factor=2), nn.AdaptiveAvgPool2d(4)),
    lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1).to(memory_format=torch.channels_last),
]  # fmt: skip


class _First(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)[0]


class _Swap(_First):
    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


class _Squared(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Bilinear(width, width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, x)


class _Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.MultiheadAttention(width, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, x, x, need_weights=False)[0]


class Net(nn.Module):
    """Layers in a row; some are skipped over, used twice or checkpointed."""

    def __init__(self, chance: random.Random, kind: str) -> None:
        super().__init__()
        pool = {"flat": FLAT, "sequence": SEQUENCE, "image": IMAGE}[kind]
        chosen = [
            chance.choice([*pool, *pool, *ACTIVATIONS])() for _ in range(chance.randint(1, 6))
        ]
        self.body = nn.ModuleList(chosen)
        self.ways = [
            chance.choice(["plain", "plain", "skip", "twice", "checkpoint"]) for _ in chosen
        ]
        self.embed = (
            nn.Embedding(7, WIDTH) if kind == "sequence" and chance.random() < 0.5 else None
        )
        self.head = nn.Linear(WIDTH, 2, bias=chance.random() < 0.8)
        self.kind = kind

    def forward(self, x: Tensor) -> Tensor:
        """Return two numbers a row."""
        if self.embed is not None:
            x = self.embed(x.abs().mul(3).long().clamp(0, 6)[..., 0])
        for way, layer in zip(self.ways, self.body, strict=True):
            before = x.clone() if way == "skip" else x
            if way == "checkpoint" and torch.is_grad_enabled():
                x = checkpoint(layer, x, use_reentrant=False)
            else:
                x = layer(x)
            x = x + before if way == "skip" else layer(x) if way == "twice" else x
        if self.kind == "image":
            x = x.mean((2, 3))
        return self.head(x.mean(1) if x.dim() == 3 else x)


def _input(kind: str) -> Tensor:
    shape = {"flat": (WIDTH,), "sequence": (5, WIDTH), "image": (WIDTH, 4, 4)}[kind]
    return torch.randn(BATCH, *shape)


def _loss(chance: random.Random) -> Callable[[Tensor], Tensor]:
    target, classes = torch.randn(BATCH, 2), torch.randint(0, 2, (BATCH,))
    return chance.choice([
        lambda out: functional.mse_loss(out, target),
        lambda out: functional.cross_entropy(out, classes, label_smoothing=0.1),
        lambda out: functional.l1_loss(out, target, reduction="sum"),
        lambda out: nn.HuberLoss()(out, target),
        lambda out: functional.binary_cross_entropy_with_logits(out, target.sigmoid()),
        lambda out: nn.NLLLoss()(out.log_softmax(1), classes),
        lambda out: nn.KLDivLoss(reduction="batchmean")(out.log_softmax(1), target.softmax(1)),
        lambda out: out.pow(2).mean() + 0.1 * out.abs().sum(),
        lambda out: nn.MultiMarginLoss()(out, classes),
        lambda out: nn.CosineEmbeddingLoss()(out, target, torch.ones(BATCH)),
        lambda out: nn.SmoothL1Loss(reduction="none")(out, target).sum(),
        lambda out: nn.PoissonNLLLoss()(out, target.abs()),
        lambda out: nn.GaussianNLLLoss()(out, target, torch.ones(BATCH, 2)),
    ])  # fmt: skip


# -- optimizers ---------------------------------------------------------------------------------

OPTIONS: dict[str, list[Any]] = {
    "momentum": [0.0, 0.9], "weight_decay": [0.0, 0.1], "nesterov": [True], "amsgrad": [True],
    "maximize": [True, False], "foreach": [True, False], "fused": [True], "centered": [True],
    "dampening": [0.1], "betas": [(0.8, 0.9)], "eps": [1e-6], "rho": [0.8], "lr_decay": [0.01],
    "initial_accumulator_value": [0.1], "alpha": [0.8], "lambd": [1e-3], "t0": [1.0],
    "etas": [(0.4, 1.3)], "step_sizes": [(1e-5, 10)], "momentum_decay": [0.01],
    "decoupled_weight_decay": [True], "differentiable": [False], "line_search_fn": [
        "strong_wolfe"], "max_iter": [3], "history_size": [4], "tolerance_grad": [1e-3],
    "beta2_decay": [-0.7], "d": [0.9], "ns_steps": [3], "adjust_lr_fn": ["match_rms_adamw"],
}  # fmt: skip


def make_optimizer(chance: random.Random, model: nn.Module, name: str) -> torch.optim.Optimizer:
    """Return an optimizer with options at random; those that do not go together are left out."""
    cls = getattr(torch.optim, name)
    known = [option for option in inspect.signature(cls).parameters if option in OPTIONS]
    parameters = [p for p in model.parameters() if name != "Muon" or p.dim() == 2]
    for size in (3, 2, 1, 0):
        picked = chance.sample(known, min(size, len(known)))
        options = {option: chance.choice(OPTIONS[option]) for option in picked}
        if chance.random() < 0.3 and len(parameters) > 1 and name != "LBFGS":
            groups: Any = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.02}]
        else:
            groups = parameters
        with contextlib.suppress(ValueError, RuntimeError, TypeError):
            return cls(groups, lr=0.01, **options)
    return cls(parameters)


OPTIMIZERS = [
    name for name, cls in vars(torch.optim).items()
    if inspect.isclass(cls) and issubclass(cls, torch.optim.Optimizer)
    and name not in ("Optimizer", "SparseAdam", "LBFGS")
]  # fmt: skip


# -- loops --------------------------------------------------------------------------------------

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


def random_case(seed: int) -> Case:
    """Return the network, optimizer and loop of this number."""
    plan = random.Random(seed)
    kind = plan.choice(["flat", "sequence", "image"])
    loop, optimizer = plan.choice(list(LOOPS)), plan.choice(OPTIMIZERS)
    dtype = plan.choice([torch.float32, torch.float32, torch.float32, torch.float64])

    def train() -> list[Tensor]:
        chance = random.Random(seed)
        model = Net(chance, kind).to(dtype)
        x = _input(kind).to(dtype)
        with torch.no_grad():
            model(x)  # lazy layers get their parameters
        opt = None if loop == "by hand" else make_optimizer(chance, model, optimizer)
        criterion = _loss(chance)
        for _ in range(2):
            LOOPS[loop](chance, model, opt, lambda: criterion(model(x).float()))
        return bits_of(model) if opt is None else bits_of(model, opt)

    return Case("random networks", f"{seed}: {kind}, {optimizer}, {loop}", train)


def bits_of(*things: Any) -> list[Tensor]:
    """Return copies of all that modules and optimizers hold, and the gradients."""
    found = []
    for thing in things:
        states = thing.state_dict()
        if isinstance(thing, torch.optim.Optimizer):
            for state in states["state"].values():
                found += [value for value in state.values() if isinstance(value, Tensor)]
        else:
            found += [value for value in states.values() if isinstance(value, Tensor)]
            found += [p.grad for p in thing.parameters() if p.grad is not None]
    return [each.detach().clone() for each in found]
