"""The runs of lessons once more, in plain PyTorch and without backtrace's instrument.

Only the parts are built from the config by the code that the lessons use; the loop is written out
here, and every number is read off the tensors themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import torch
from torch import Tensor

from backtrace.config.load import load_config
from backtrace.learn.forms.number import ElementNumber, Number
from backtrace.learn.lesson import Lesson
from backtrace.learn.lesson_run import LessonRun
from backtrace.train.environment import seed_all, settings
from backtrace.train.training import Training, build_training

Tensors = dict[str, Tensor | None]


@dataclass
class PlainUpdate:
    """One update: clones of what stood in the tensors, by name."""

    value_before: Tensors
    lr: float
    grad_before: Tensors = field(default_factory=dict)
    after: list[Tensors] = field(default_factory=list)  # `.grad` after each backward
    at_step: Tensors = field(default_factory=dict)
    value_after: Tensors = field(default_factory=dict)
    outputs: list[Tensor] = field(default_factory=list)
    targets: list[Tensor] = field(default_factory=list)
    terms: dict[str, float] = field(default_factory=dict)
    term_grads: dict[str, Tensors] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        return sum(self.terms.values())


def build(run: LessonRun) -> Training:
    loaded = load_config(run.path, run.settings)
    return build_training(loaded.config, loaded.folder, loaded.locate)


def clone(tensors: dict[str, Tensor]) -> Tensors:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def grads(tensors: dict[str, Tensor]) -> Tensors:
    return {
        name: None if tensor.grad is None else tensor.grad.detach().clone()
        for name, tensor in tensors.items()
    }


def train_plainly(run: LessonRun) -> list[PlainUpdate]:
    """Train with a loop of our own, changed by hand where the lesson has an experiment."""
    if run.ranks:
        return train_a_rank_plainly(run.rank)
    training = build(run)
    net, optimizer, loop = training.model, training.optimizer, training.loop
    params = dict(net.named_parameters())
    for experiment in run.experiments:
        key, _, value = experiment.partition("=")
        if key == "eval_mode":
            net.eval()
        elif key == "freeze":
            for name, param in params.items():
                param.requires_grad_(not fnmatchcase(name, value))
        else:
            raise AssertionError(f"write out by hand what {experiment} does")
    updates = []
    with settings(loop):
        seed_all(loop.seed)
        torch.set_rng_state(training.random_state)
        for window in training.windows():
            updates.append(_update(training, params, optimizer, window))
    return updates


def train_a_rank_plainly(rank: int) -> list[PlainUpdate]:
    """Train what configs/two_ranks.py trains, both ranks in turn and their mean by hand."""
    x = torch.arange(1.0, 6.0)[:, None]
    y, parts = x + 0.5, (slice(0, 3), slice(3, 5))
    values = {"module.weight": torch.tensor([[-0.2505]]), "module.bias": torch.tensor([0.9166])}
    updates = []
    for _ in range(2):
        found = []
        for part in parts:
            leaves = {name: each.clone().requires_grad_() for name, each in values.items()}
            made = x[part] @ leaves["module.weight"].T + leaves["module.bias"]
            loss = (made - y[part]).square().mean()
            grads = torch.autograd.grad(loss, [*leaves.values()])
            found.append((float(loss.detach()), dict(zip(leaves, grads, strict=True))))
        mean = {name: (found[0][1][name] + found[1][1][name]) / 2 for name in values}
        update = PlainUpdate(dict(values), 0.01, dict.fromkeys(values), [found[rank][1]], mean)
        update.terms["loss"] = found[rank][0]
        values = {name: each - 0.01 * mean[name] for name, each in values.items()}
        update.value_after = dict(values)
        updates.append(update)
    return updates


def _update(training, params, optimizer, window):
    loop = training.loop
    zero_grad = loop.zero_grad
    update = PlainUpdate(clone(params), optimizer.param_groups[0]["lr"])
    if zero_grad is True:
        for param in params.values():
            param.grad = None
    elif zero_grad:
        for param in params.values():
            if param.grad is not None:
                param.grad.zero_()
    update.grad_before = grads(params)
    for x, y in window:
        output = training.model(x)
        terms = training.criterion(output, y)
        if loop.average:
            terms = {name: term / len(window) for name, term in terms.items()}
        update.outputs.append(output.detach().clone())
        update.targets.append(y)
        leaves = [param for param in params.values() if param.requires_grad]
        names = [name for name, param in params.items() if param.requires_grad]
        for name, term in terms.items():
            update.terms[name] = update.terms.get(name, 0.0) + float(term.detach())
            if len(terms) > 1:
                found = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
                update.term_grads[name] = dict(zip(names, found, strict=True))
        sum(terms.values()).backward()
        update.after.append(grads(params))
    if training.clip:
        _clip(training, params)
    update.at_step = grads(params)
    optimizer.step()
    update.value_after = clone(params)
    return update


def _clip(training, params):
    """By norm to 1, which is all that a lesson asks for."""
    found = [param.grad for param in params.values() if param.grad is not None]
    norm = math.sqrt(sum(float((grad.double() ** 2).sum()) for grad in found))
    for grad in found:
        grad.mul_(min(1.0, 1.0 / norm))


TAKES = {
    "norm": lambda t: float(t.double().pow(2).sum().sqrt()),
    "mean": lambda t: float(t.double().mean()),
    "min": lambda t: float(t.min()),
    "max": lambda t: float(t.max()),
    "sum": lambda t: float(t.double().sum()),
    "largest": lambda t: float(t.abs().max()),
    "zeros": lambda t: float((t == 0).sum()),
}


class PlainNumbers:
    """The numbers of a lesson, from plain trainings; what it cannot read it says so about."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._runs: dict[str, list[PlainUpdate]] = {}

    def run(self, name: str) -> list[PlainUpdate]:
        if name not in self._runs:
            self._runs[name] = train_plainly(self.lesson.runs[name])
        return self._runs[name]

    def named(self, name: str | float) -> float:
        return self.compute(self.lesson.numbers[name]) if isinstance(name, str) else float(name)

    def compute(self, form: Number) -> float:
        method = getattr(self, f"_{type(form).__name__}")
        found = method(form)
        if not isinstance(found, Tensor):
            return float(found)
        assert isinstance(form, ElementNumber)
        if form.take:
            return TAKES[form.take](found)
        if form.at is None:
            return float(found.reshape(()))
        return float(
            found[tuple(form.at)] if isinstance(form.at, list) else found.flatten()[form.at]
        )

    def _update(self, form):
        return self.run(form.run)[form.update - 1]

    def _GradNumber(self, form):
        update = self._update(form)
        if form.backward:
            return update.after[form.backward - 1][form.grad]
        return (update.grad_before if form.when == "before" else update.at_step)[form.grad]

    def _AddedNumber(self, form):
        update, name = self._update(form), form.added
        if form.term:
            return update.term_grads[form.term][name]
        before = [update.grad_before, *update.after][form.backward - 1][name]
        after = update.after[form.backward - 1][name]
        return after if before is None else after - before

    def _ChangeNumber(self, form):
        update, name = self._update(form), form.change
        if form.term == "gradient":  # of SGD, in the lesson that asks for it
            return -update.lr * update.at_step[name]
        if form.term == "momentum":
            change = update.value_after[name] - update.value_before[name]
            return change + update.lr * update.at_step[name]
        return update.value_after[name] - update.value_before[name]

    def _ValueNumber(self, form):
        update = self._update(form)
        if form.value == "input":
            (x, _), *_ = next(iter(build(self.lesson.runs[form.run]).windows()))
            return x.detach()
        return (update.value_before if form.when == "before" else update.value_after)[form.value]

    def _OutputNumber(self, form):
        return self.run(form.run)[form.output - 1].outputs[0]

    def _TargetNumber(self, form):
        return self.run(form.run)[form.target - 1].targets[0]

    def _DifferenceNumber(self, form):
        one, other = (self.run(name)[form.update - 1] for name in (form.run, form.to))
        return one.value_after[form.difference] - other.value_after[form.difference]

    def _LossNumber(self, form):
        updates = self.run(form.run)
        update = updates[(form.update or len(updates)) - 1]
        return update.loss if form.loss == "total" else update.terms[form.loss]

    def _ShareNumber(self, form):
        update = self._update(form)
        flat = {
            name: torch.cat([grad.flatten() for grad in each.values()]).double()
            for name, each in update.term_grads.items()
        }
        total = sum(flat.values())
        return 100 * float(flat[form.share] @ total / (total @ total))

    def _RateNumber(self, form):
        return self.run(form.run)[form.rate - 1].lr

    def _NotFiniteNumber(self, form):
        losses = [update.loss for update in self.run(form.run)]
        return next(at for at, loss in enumerate(losses, 1) if not math.isfinite(loss))

    def _SumNumber(self, form):
        return sum(map(self.named, form.sum))

    def _MinusNumber(self, form):
        return self.named(form.minus[0]) - self.named(form.minus[1])

    def _TimesNumber(self, form):
        return math.prod(map(self.named, form.times))

    def _RatioNumber(self, form):
        return self.named(form.ratio[0]) / self.named(form.ratio[1])

    def _LengthNumber(self, form):
        return math.sqrt(sum(self.named(each) ** 2 for each in form.length))
