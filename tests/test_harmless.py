"""Recording never changes training, and the books balance: over many models and loops."""

from __future__ import annotations

import gc
import warnings
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import backtrace
from backtrace import announce
from backtrace.ledger.books import Balance
from backtrace.ledger.events import Edited, Unseen
from backtrace.ledger.trace import Trace

BATCH = 4
WIDTH = 6
VOCABULARY = 7

# -- models -------------------------------------------------------------------------------------


class Tied(nn.Module):
    """An embedding whose weight is the output layer's too, with other layers between."""

    def __init__(self, body: nn.Sequential, *, share: bool) -> None:
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY, WIDTH)
        self.body = body
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=not share)
        if share:
            self.head.weight = self.embed.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(self.embed(x).mean(1)))


class Twice(nn.Module):
    """A layer that is used two times in one forward."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(torch.tanh(self.layer(x)))


class Untouched(nn.Module):
    """A layer with a parameter that no gradient ever reaches."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(WIDTH, WIDTH)
        self.idle = nn.Parameter(torch.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


FLAT = {
    "linear": lambda: nn.Linear(WIDTH, WIDTH),
    "linear without bias": lambda: nn.Linear(WIDTH, WIDTH, bias=False),
    "batch norm": lambda: nn.BatchNorm1d(WIDTH),
    "layer norm": lambda: nn.LayerNorm(WIDTH),
    "rms norm": lambda: nn.RMSNorm(WIDTH),
    "group norm": lambda: nn.GroupNorm(2, WIDTH),
    "dropout": lambda: nn.Dropout(0.3),
    "relu": nn.ReLU,
    "in-place relu": lambda: nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(inplace=True)),
    "gelu": nn.GELU,
    "prelu": nn.PReLU,
    "twice": Twice,
    "untouched": Untouched,
}
IMAGE = {
    "conv": lambda: nn.Conv2d(2, 2, 3, padding=1),
    "depthwise conv": lambda: nn.Conv2d(2, 2, 3, padding=1, groups=2),
    "batch norm": lambda: nn.BatchNorm2d(2),
    "instance norm": lambda: nn.InstanceNorm2d(2, affine=True),
    "dropout": lambda: nn.Dropout2d(0.3),
    "relu": nn.ReLU,
    "pool": lambda: nn.AvgPool2d(3, stride=1, padding=1),
}


@dataclass(frozen=True)
class Plan:
    """A training, described well enough to be made twice alike."""

    kind: str = "flat"
    layers: tuple[str, ...] = ("linear", "relu")
    share: bool = False
    frozen: int = 0
    loss: str = "mse"
    optimizer: str = "SGD"
    options: tuple[tuple[str, Any], ...] = (("lr", 0.05),)
    groups: bool = False
    zero: str = "to none"
    accumulate: int = 1
    clip: str = ""
    dtype: torch.dtype = torch.float32
    seed: int = 0
    updates: int = 3


def make_model(plan: Plan) -> nn.Module:
    if plan.kind == "image":
        layers = [IMAGE[name]() for name in plan.layers]
        model: nn.Module = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), *layers, nn.Flatten(), nn.Linear(50, WIDTH)
        )
    else:
        body = nn.Sequential(*(FLAT[name]() for name in plan.layers))
        ends = (nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH))
        is_tokens = plan.kind == "tokens"
        model = Tied(body, share=plan.share) if is_tokens else nn.Sequential(ends[0], body, ends[1])
    for parameter in list(model.parameters())[: plan.frozen]:
        parameter.requires_grad_(False)
    return model.to(plan.dtype)


def make_loss(plan: Plan) -> Any:
    mse, l1 = nn.MSELoss(), nn.SmoothL1Loss()

    def classes(output: Tensor, target: Tensor) -> Tensor:
        return nn.functional.cross_entropy(output, target.argmax(1))

    def mix(output: Tensor, target: Tensor) -> Tensor:
        one, two = mse(output, target), 0.5 * l1(output.sum(1), target.sum(1))
        backtrace.note_loss(one + two, mse=one, l1=two)
        return one + two

    return {"mse": mse, "classes": classes, "mix": mix}[plan.loss]


def make_optimizer(plan: Plan, model: nn.Module) -> torch.optim.Optimizer:
    trained = [p for p in model.parameters() if p.requires_grad]
    cls = getattr(torch.optim, plan.optimizer)
    if plan.optimizer == "Muon":  # it takes matrices only; the rest has a gradient and no owner
        trained = [p for p in trained if p.ndim == 2]
    if plan.groups and len(trained) > 1:
        half = [{"params": trained[:1]}, {"params": trained[1:], "lr": 0.01}]
        return cls(half, **dict(plan.options))
    return cls(trained, **dict(plan.options))


def make_batch(plan: Plan) -> tuple[Tensor, Tensor]:
    width = VOCABULARY if plan.kind == "tokens" else WIDTH
    target = torch.randn(BATCH, width).to(plan.dtype)
    if plan.kind == "tokens":
        return torch.randint(VOCABULARY, (BATCH, 3)), target
    shape = (BATCH, 1, 5, 5) if plan.kind == "image" else (BATCH, WIDTH)
    return torch.randn(shape).to(plan.dtype), target


# -- training, with and without ------------------------------------------------------------------


def clear(plan: Plan, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    if plan.zero == "to none":
        optimizer.zero_grad()
    elif plan.zero == "to zeros":
        optimizer.zero_grad(set_to_none=False)
    elif plan.zero == "model":
        model.zero_grad()


def clip(plan: Plan, model: nn.Module) -> None:
    trained = [p for p in model.parameters() if p.grad is not None]
    if plan.clip == "norm":
        torch.nn.utils.clip_grad_norm_(trained, 0.1)
    elif plan.clip == "largest":
        torch.nn.utils.clip_grad_norm_(trained, 0.1, norm_type=float("inf"))
    elif plan.clip == "value":
        torch.nn.utils.clip_grad_value_(trained, 0.01)


def train(plan: Plan, model: nn.Module, optimizer: torch.optim.Optimizer) -> list[float]:
    criterion = make_loss(plan)
    losses = []
    for _ in range(plan.updates):
        batches = [make_batch(plan) for _ in range(plan.accumulate)]

        def closure(batches: Any = batches) -> Tensor:
            clear(plan, model, optimizer)
            total = torch.zeros(())
            for x, y in batches:
                loss = criterion(model(x), y) / plan.accumulate
                loss.backward()
                total = total + loss.detach()
            clip(plan, model)
            return total

        if plan.optimizer == "LBFGS":
            losses.append(float(optimizer.step(closure)))
        else:
            losses.append(float(closure()))
            optimizer.step()
    return losses


def everything(model: nn.Module, optimizer: torch.optim.Optimizer, losses: list[float]) -> str:
    """Return all that training leaves behind, to the last bit."""

    def bits(value: Any) -> Any:
        if isinstance(value, Tensor):
            plain = value.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
            return str(value.dtype), tuple(value.shape), value.requires_grad, plain
        if isinstance(value, dict):
            return {key: bits(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [bits(item) for item in value]
        return repr(value)

    return repr(
        {
            "parameters": {name: bits(p) for name, p in model.named_parameters()},
            "grads": {name: bits(p.grad) for name, p in model.named_parameters()},
            "buffers": {name: bits(b) for name, b in model.named_buffers()},
            "optimizer": bits(optimizer.state_dict()),
            "losses": [loss.hex() for loss in losses],
            "generator": bits(torch.get_rng_state()),
        }
    )


def run(plan: Plan, **options: Any) -> tuple[str, Trace | None]:
    torch.manual_seed(plan.seed)
    model = make_model(plan)
    optimizer = make_optimizer(plan, model)
    if not options:
        return everything(model, optimizer, train(plan, model, optimizer)), None
    del options["record"]
    with backtrace.record(model, optimizer, **options) as trace:
        losses = train(plan, model, optimizer)
    assert count_hooked([*model.parameters(), *model.modules()]) == 0
    return everything(model, optimizer, losses), trace


def count_hooked(things: list[Any]) -> int:
    hooks = ("_backward_hooks", "_post_accumulate_grad_hooks", "_forward_hooks")
    names = (*hooks, "_forward_pre_hooks")
    return sum(any(getattr(thing, name, None) for name in names) for thing in things)


def assert_harmless(plan: Plan, **options: Any) -> Trace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare, _ = run(plan)
        recorded, trace = run(plan, record=True, **options)
    assert bare == recorded, "training is not the same under the instrument"
    assert announce.listeners == []
    assert trace is not None
    odd = [event for event in trace.events if isinstance(event, Unseen | Edited)]
    assert odd == []
    assert [update.index for update in trace.updates] == list(range(1, plan.updates + 1))
    for update in trace.updates:
        assert update.is_complete
        for row in update.rows.values():
            for books in (row.grad_books, row.value_books):
                assert isinstance(books, Balance)
                assert books.is_balanced or not books.is_known, (update.index, row)
    return trace


# -- any of them ---------------------------------------------------------------------------------

OPTIMIZERS: list[tuple[str, tuple[tuple[str, Any], ...]]] = [
    ("SGD", (("lr", 0.1),)),
    ("SGD", (("lr", 0.1), ("momentum", 0.9), ("nesterov", True))),
    ("SGD", (("lr", 0.1), ("momentum", 0.9), ("weight_decay", 0.1), ("dampening", 0.5))),
    ("SGD", (("lr", 0.1), ("maximize", True))),
    ("SGD", (("lr", 0.1), ("foreach", False))),
    ("SGD", (("lr", 0.1), ("fused", True))),
    ("Adam", (("lr", 0.01),)),
    ("Adam", (("lr", 0.01), ("amsgrad", True), ("weight_decay", 0.1))),
    ("Adam", (("lr", 0.01), ("fused", True))),
    ("AdamW", (("lr", 0.01),)),
    ("RMSprop", (("lr", 0.01), ("momentum", 0.5), ("centered", True))),
    ("Adagrad", (("lr", 0.1),)),
    ("NAdam", (("lr", 0.01),)),
    ("Adadelta", (("lr", 1.0),)),
    ("LBFGS", (("lr", 0.1), ("max_iter", 3))),
]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kind = draw(st.sampled_from(["flat", "flat", "image", "tokens"]))
    layers = st.lists(st.sampled_from(sorted(IMAGE if kind == "image" else FLAT)), max_size=4)
    optimizer, options = draw(st.sampled_from(OPTIMIZERS))
    return Plan(
        kind=kind,
        layers=tuple(draw(layers)),
        share=draw(st.booleans()),
        frozen=draw(st.integers(0, 1)) if kind != "tokens" else 0,
        loss=draw(st.sampled_from(["mse", "classes", "mix"])),
        optimizer=optimizer,
        options=options,
        groups=draw(st.booleans()) and optimizer != "LBFGS",
        zero=draw(st.sampled_from(["to none", "to zeros", "model", "never"])),
        accumulate=draw(st.integers(1, 3)),
        clip=draw(st.sampled_from(["", "", "norm", "largest", "value"])),
        dtype=draw(st.sampled_from([torch.float32, torch.float32, torch.float64])),
        seed=draw(st.integers(0, 1000)),
        updates=draw(st.integers(1, 3)),
    )


SLOW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(plan=plans())
def test_recording_changes_nothing_and_the_books_balance(plan):
    assert_harmless(plan)


@settings(SLOW, max_examples=12)
@given(plan=plans(), values=st.sampled_from([0, 1, 4096]))
def test_nor_does_it_with_other_readings(plan, values):
    assert_harmless(plan, values=values, digest=True)


@settings(SLOW, max_examples=12)
@given(plan=plans())
def test_nor_does_taking_every_terms_own_gradient(plan):
    assert_harmless(Plan(**{**vars(plan), "loss": "mix"}), by_term=True)


def test_no_hook_is_left_on_anything_in_memory():
    before = count_hooked(modules_and_parameters())
    assert_harmless(Plan(layers=("linear", "batch norm", "twice")))
    assert count_hooked(modules_and_parameters()) == before


def modules_and_parameters() -> list[Any]:
    kinds = (nn.Module, nn.Parameter)
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]


# -- every optimizer -----------------------------------------------------------------------------

NOT_DENSE = {"Optimizer", "SparseAdam"}


def dense_optimizers() -> list[str]:
    return sorted(
        name
        for name, cls in vars(torch.optim).items()
        if isinstance(cls, type)
        and issubclass(cls, torch.optim.Optimizer)
        and name not in NOT_DENSE
    )


@pytest.mark.parametrize("name", dense_optimizers())
@pytest.mark.parametrize("zero", ["to none", "never"])
def test_every_optimizer(name, zero):
    layers = ("batch norm", "relu", "dropout", "linear without bias")
    assert_harmless(Plan(layers=layers, optimizer=name, zero=zero, updates=4))
