"""The facts around the accounts: optimizers, models, loaders, schedulers, calls passed by."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, IterableDataset, RandomSampler, TensorDataset

import backtrace
from backtrace.ledger.events import (
    Edited,
    ForwardRan,
    GradsZeroed,
    ParameterSeen,
    StepTaken,
    Unseen,
)
from backtrace.ledger.facts import (
    CallIgnored,
    ModelSeen,
    OptimizerSeen,
    ProxySeen,
    SchedulerStepped,
)
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded

X = torch.linspace(-1, 1, 20).reshape(5, 4)


def of(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def mlp():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def update(model, optimizer, x=X):
    optimizer.zero_grad()
    model(x).pow(2).mean().backward()
    optimizer.step()


# -- optimizers -----------------------------------------------------------------------------------


def test_an_optimizers_groups_are_written_once_though_rates_move():
    model = mlp()
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.01}]
    with backtrace.record(model) as trace:
        optimizer = torch.optim.AdamW(groups, lr=0.1)
        scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
        for _ in range(3):
            update(model, optimizer)
            scheduler.step()
    (seen,) = of(trace, OptimizerSeen)
    assert (seen.optimizer, seen.type) == ("optimizer[0]", "AdamW")
    assert [group.parameters for group in seen.groups] == [
        ("0.weight", "0.bias"),
        ("2.weight", "2.bias"),
    ]
    assert [group.options["lr"] for group in seen.groups] == [0.1, 0.01]
    assert seen.groups[0].options["betas[1]"] == 0.999
    assert seen.groups[0].options["amsgrad"] is False
    lines = Path(__file__).read_text("utf-8").splitlines()
    made = next(n for n, line in enumerate(lines, 1) if "AdamW(groups" in line)
    assert seen.where.endswith(f"test_loaders_and_schedulers.py:{made}")


def test_a_group_that_is_added_later_is_written_and_a_parameter_held_twice_is_named_twice():
    model = mlp()
    optimizer = torch.optim.SGD(model[0].parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        optimizer.add_param_group({"params": model[2].parameters()})
        update(model, optimizer)
    first, second = of(trace, OptimizerSeen)
    assert len(first.groups) == 1 and len(second.groups) == 2
    with pytest.warns(UserWarning, match="duplicate"):
        twice = torch.optim.SGD([model[0].bias, model[0].bias], lr=0.1)
    with backtrace.record(model, twice) as trace:
        update(model, twice)
    assert of(trace, OptimizerSeen)[0].groups[0].parameters == ("0.bias", "0.bias")


# -- models ---------------------------------------------------------------------------------------


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.fc = nn.Linear(4, 8), nn.Linear(8, 2)
        self.drop, self.norm = nn.Dropout(0.5), nn.BatchNorm1d(8)
        self.extra = [nn.Linear(8, 8)]

    def forward(self, x):
        return self.fc(self.extra[0](self.drop(self.norm(self.body(x)))))


def test_a_model_is_described():
    torch.manual_seed(0)
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        model.norm.eval()
        update(model, optimizer)
        model.eval()
        with torch.no_grad():
            model(X[:3])
    (seen,) = of(trace, ModelSeen)
    assert (seen.module, seen.type) == ("model", "Net")
    assert seen.parameters == tuple(name for name, _ in model.named_parameters())
    assert seen.switched == {"drop": "Dropout", "norm": "BatchNorm1d"}
    assert {"extra[0].weight", "extra[0].bias"} <= {e.name for e in of(trace, ParameterSeen)}
    hidden = [(h.name, h.attribute, h.container) for h in seen.hidden]
    assert hidden == [
        ("extra[0].weight", "extra", "list"),
        ("extra[0].bias", "extra", "list"),
    ]
    first, second, third = of(trace, ForwardRan)
    assert (first.training, first.resting, first.rows) == (True, (), 5)
    assert (second.training, second.resting) == (True, ("norm",))
    assert (third.training, third.resting, third.rows) == (False, ("drop", "norm"), 3)
    assert (first.grad_enabled, first.takes_grad) == (True, True)
    assert (third.grad_enabled, third.takes_grad) == (False, False)
    assert first.data == second.data != third.data


def test_a_swapped_head_passes_its_name_on():
    torch.manual_seed(0)
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        model.fc = nn.Linear(8, 3)
        update(model, optimizer)
    first, second = of(trace, ModelSeen)
    assert first.replaced == ()
    assert second.replaced == ("fc.weight (replaced)", "fc.bias (replaced)")
    assert second.parameters == first.parameters
    renamed = [(e.name, e.formerly) for e in of(trace, ParameterSeen) if e.formerly]
    assert renamed == [("fc.weight (replaced)", "fc.weight"), ("fc.bias (replaced)", "fc.bias")]
    stale = of(trace, OptimizerSeen)[-1].groups[0].parameters
    assert "fc.weight (replaced)" in stale and "fc.weight" not in stale
    assert trace.updates[1].rows["fc.weight"].shape == (3, 8)
    assert trace.updates[1].rows["fc.weight"].grad_after is not None
    assert trace.updates[1].rows["fc.weight (replaced)"].grad_after is None
    assert not of(trace, Unseen)


def test_loading_by_assignment_replaces_and_loading_does_not():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    state = mlp().state_dict()
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        model.load_state_dict(state)
        update(model, optimizer)
        assert len(of(trace, ModelSeen)) == 1
        model.load_state_dict(state, assign=True)
        update(model, optimizer)
    assert len(of(trace, ModelSeen)[-1].replaced) == 4
    assert len(of(trace, Edited)) >= 1


def test_tied_weights_that_part():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False))
    model[1].weight = model[0].weight
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        model[1].weight = nn.Parameter(model[0].weight.detach().clone())
        update(model, optimizer)
    first, second = of(trace, ModelSeen)
    assert first.parameters == ("0.weight",)
    assert second.parameters == ("0.weight", "1.weight")
    assert second.parted == (("0.weight", "1.weight"),)


def test_freezing_is_told():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        update(model, optimizer)
        model[0].requires_grad_(False)
        update(model, optimizer)
    told = [(e.name, e.requires_grad) for e in of(trace, ParameterSeen)[4:]]
    assert told == [("0.weight", False), ("0.bias", False)]


def test_models_that_were_only_called_are_known_and_those_without_gradients_are_not():
    torch.manual_seed(0)
    body, head, teacher = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(4, 2)
    with backtrace.record() as trace:
        optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            with torch.no_grad():
                target = teacher(X)
            nn.functional.mse_loss(head(body(X)), target).backward()
            optimizer.step()
    assert {event.module for event in of(trace, ModelSeen)} == {"model", "model[1]"}
    assert {"weight", "bias", "model[1].weight", "model[1].bias"} <= {
        event.name for event in of(trace, ParameterSeen)
    }
    assert {event.optimizer for event in of(trace, ParameterSeen)} == {None, "optimizer[0]"}
    assert len(of(trace, StepTaken)) == 2


def test_a_copied_model_has_its_names():
    model = mlp()
    with backtrace.record() as trace:
        other = copy.deepcopy(model)
        optimizer = torch.optim.SGD(other.parameters(), lr=0.1)
        update(other, optimizer)
    assert list(trace.updates[0].rows) == ["0.weight", "0.bias", "2.weight", "2.bias"]


# -- loaders and schedulers -----------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_and_epochs(workers):
    data = TensorDataset(torch.randn(7, 3), torch.arange(7))
    loader = DataLoader(data, batch_size=3, num_workers=workers)
    with backtrace.record() as trace:
        for _ in range(2):
            for _ in loader:
                pass
    drawn = of(trace, BatchDrawn)
    assert [(e.iteration, e.number, e.batches, e.rows) for e in drawn] == [
        (epoch, n, 3, rows) for epoch in (1, 2) for n, rows in ((1, 3), (2, 3), (3, 1))
    ]
    assert {e.loader for e in drawn} == {"loader[0]"}
    assert drawn[0].data == drawn[3].data != drawn[1].data
    assert [(e.iteration, e.batches) for e in of(trace, LoaderEnded)] == [(1, 3), (2, 3)]
    assert not of(trace, Unseen)


class Asked(torch.utils.data.Dataset):
    """Counts how often it is asked for its length."""

    def __init__(self, length):
        self.length, self.times = length, 0

    def __len__(self):
        self.times += 1
        return self.length

    def __getitem__(self, number):
        return torch.ones(2)


@pytest.mark.parametrize(
    ("length", "options"),
    [
        (length, options)
        for length in (1, 3, 7, 8)
        for options in (
            {},
            {"batch_size": None},
            {"batch_size": 4},
            {"batch_size": 4, "shuffle": True},
            {"batch_size": 3, "drop_last": True},
            {"batch_size": 3, "drop_last": True, "shuffle": True},
        )
    ],
)
def test_the_length_of_a_loader_is_known_without_asking_its_data(length, options):
    bare = Asked(length)
    batches = sum(1 for _ in DataLoader(bare, **options))
    seen = Asked(length)
    with backtrace.record() as trace:
        for _ in DataLoader(seen, **options):
            pass
    assert seen.times == bare.times
    assert [e.batches for e in of(trace, BatchDrawn)] == [batches] * batches
    assert not of(trace, Unseen)


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(("length", "left_out"), [(3, 0), (7, 1), (8, 2)])
def test_how_many_rows_drop_last_leaves_out(length, left_out, workers):
    seen = Asked(length)
    with backtrace.record() as trace:
        for drops in (True, False):
            for _ in DataLoader(seen, batch_size=3, drop_last=drops, num_workers=workers):
                pass
    assert [e.left_out for e in of(trace, LoaderEnded)] == [left_out, 0]
    assert not of(trace, Unseen)


def test_of_a_sampler_that_draws_more_or_less_than_there_is():
    with backtrace.record() as trace:
        for number in (3, 17):
            sampler = RandomSampler(Asked(8), num_samples=number)
            for _ in DataLoader(Asked(8), batch_size=4, sampler=sampler):
                pass
    assert [e.batches for e in of(trace, BatchDrawn)] == [1, 5, 5, 5, 5, 5]


def test_workers_that_drew_ahead_all_that_there_is():
    with backtrace.record() as trace:
        for _ in DataLoader(Asked(3), batch_size=2, shuffle=True, num_workers=1):
            pass
    assert [e.batches for e in of(trace, BatchDrawn)] == [2, 2]


class Working(torch.utils.data.Dataset):
    """Its rows come out of a model, which a worker process has a copy of."""

    def __init__(self, model):
        self.model = model

    def __len__(self):
        return 4

    def __getitem__(self, number):
        return self.model(X[number]).detach()


def test_a_forked_worker_writes_nothing(tmp_path):
    model, path = mlp(), tmp_path / "events"
    loader = DataLoader(Working(model), num_workers=2, multiprocessing_context="fork")

    def write(event):
        with path.open("a") as file:
            file.write(type(event).__name__ + "\n")

    with backtrace.record(model, sink=write):
        assert len(list(loader)) == 4
        model(X)
    written = path.read_text().split()
    assert written.count("ForwardRan") == 1
    assert written.count("BatchDrawn") == 4


def test_pictures_with_the_same_margins_are_told_apart():
    pictures = torch.zeros(2, 32, 1, 28, 28)
    pictures[:, :, :, 8:20, 8:20] = torch.rand(2, 32, 1, 12, 12)
    with backtrace.record() as trace:
        model = nn.Flatten()
        layer = nn.Sequential(model, nn.Linear(784, 1))
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
        for batch in (*pictures, pictures[0], pictures[0].transpose(2, 3)):
            update(layer, optimizer, batch)
    one, other, again, turned = (event.data for event in of(trace, ForwardRan))
    assert one == again and len({one, other, turned}) == 3


def test_the_length_of_some_loaders_is_not_known():
    class Endless(IterableDataset):
        def __iter__(self):
            yield from ({"text": "a", "x": torch.ones(2)} for _ in range(4))

    with backtrace.record() as trace:
        next(iter(DataLoader(Endless(), batch_size=2)))
    (drawn,) = of(trace, BatchDrawn)
    assert drawn.batches is None and drawn.rows == 2


def build(kind, optimizer):
    if kind == "sequential":
        parts = [
            lr_scheduler.LinearLR(optimizer, total_iters=2),
            lr_scheduler.CosineAnnealingLR(optimizer, T_max=6),
        ]
        return lr_scheduler.SequentialLR(optimizer, parts, milestones=[2])
    if kind == "chained":
        parts = [lr_scheduler.StepLR(optimizer, 3), lr_scheduler.ExponentialLR(optimizer, 0.9)]
        return lr_scheduler.ChainedScheduler(parts)
    if kind == "plateau":
        return lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    if kind == "one cycle":
        return lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=9)
    return lr_scheduler.MultiStepLR(optimizer, [2, 5])


@pytest.mark.parametrize(
    ("kind", "type_", "period"),
    [
        ("sequential", "SequentialLR", 8),
        ("chained", "ChainedScheduler", 3),
        ("plateau", "ReduceLROnPlateau", None),
        ("one cycle", "OneCycleLR", 9),
        ("milestones", "MultiStepLR", 5),
    ],
)
def test_schedulers_step_once_and_not_when_they_are_made(kind, type_, period):
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    with backtrace.record(model, optimizer) as trace:
        scheduler = build(kind, optimizer)
        assert not of(trace, SchedulerStepped)
        for _ in range(3):
            update(model, optimizer)
            before = optimizer.param_groups[0]["lr"]
            scheduler.step(*[1.0] * (kind == "plateau"))
            (*_, event) = of(trace, SchedulerStepped)
            assert (event.before, event.after) == ((before,), (optimizer.param_groups[0]["lr"],))
    assert len(of(trace, SchedulerStepped)) == 3
    assert (event.scheduler, event.type, event.period) == ("scheduler[0]", type_, period)
    assert event.optimizer == "optimizer[0]"


class Warming(lr_scheduler.LRScheduler):
    def __init__(self, optimizer, max_steps):
        self.max_steps = max_steps
        super().__init__(optimizer)

    def get_lr(self):
        return [rate / self.max_steps for rate in self.base_lrs]


def _make_planned(kind, optimizer):
    total_steps, warmup_steps, steps = 30, 90, 0

    def planned(step):
        return min(1, step / warmup_steps) * (1 - step / total_steps)

    def counted(step):
        return 1 - step / (warmup_steps + steps)

    if kind in ("planned", "counted"):
        rule = planned if kind == "planned" else counted
        return lr_scheduler.LambdaLR(optimizer, rule)
    if kind == "of one's own, without end":
        return Warming(optimizer, float("inf"))
    return Warming(optimizer, 12)


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        ("planned", 30),
        ("counted", None),
        ("of one's own", 12),
        ("of one's own, without end", None),
    ],
)
def test_a_length_is_read_of_own_classes_and_of_functions(kind, period):
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        scheduler = _make_planned(kind, optimizer)
        update(model, optimizer)
        scheduler.step()
    assert [event.period for event in of(trace, SchedulerStepped)] == [period]


def test_a_scheduler_class_that_is_made_later_is_seen_and_nothing_of_ours_is_left():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:

        class Halving(lr_scheduler.LRScheduler):
            def get_lr(self):
                return [group["lr"] / 2 for group in self.optimizer.param_groups]

            def step(self, epoch=None):
                super().step(epoch)

        halving = Halving(optimizer)
        with pytest.warns(UserWarning, match="before `optimizer.step") as warned:
            halving.step()
    assert warned[0].filename == __file__
    assert len(of(trace, SchedulerStepped)) == 1
    assert not hasattr(Halving.step, "__wrapped__")
    assert "__init_subclass__" not in vars(lr_scheduler.LRScheduler)
    assert "__init_subclass__" not in vars(torch.optim.Optimizer)


class _Slowed(lr_scheduler.LRScheduler):
    def __init__(self, optimizer, share):
        self.share = share
        super().__init__(optimizer)

    def get_lr(self):
        return [rate * self.share**self.last_epoch for rate in self.base_lrs]


class _SlowedMore(_Slowed):
    def __init__(self, optimizer):
        super().__init__(optimizer, 0.5)


def test_a_scheduler_of_an_own_class_is_made_where_that_is_called():
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        scheduler = _SlowedMore(optimizer)
        optimizer.step()
        scheduler.step()
    (made,) = {event.made for event in of(trace, SchedulerStepped)}
    line = test_a_scheduler_of_an_own_class_is_made_where_that_is_called.__code__.co_firstlineno
    assert made.endswith(f"{Path(__file__).name}:{line + 4}")


# -- calls that are passed by ---------------------------------------------------------------------


class Passing(torch.optim.Optimizer):
    """As Accelerate does it: an optimizer that hands calls on, or does not."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.is_open = True

    @property
    def param_groups(self):
        return self.optimizer.param_groups

    def zero_grad(self, set_to_none=None):
        if self.is_open:
            self.optimizer.zero_grad()

    def step(self, closure=None):
        if self.is_open:
            self.optimizer.step(closure)


def test_what_a_proxy_did_not_hand_on_is_said():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    proxy = Passing(optimizer)
    with backtrace.record(model, optimizer) as trace:
        for number in range(4):
            proxy.is_open = number % 2 == 1
            (model(X).pow(2).mean() / 2).backward()
            proxy.step()
            proxy.zero_grad()
    ignored = [event.call for event in of(trace, CallIgnored)]
    assert ignored == ["optimizer[0].step", "optimizer[0].zero_grad"] * 2
    assert [(each.optimizer, each.type) for each in of(trace, ProxySeen)] == [
        ("optimizer[0]", "Passing")
    ]
    assert [event.call for event in of(trace, GradsZeroed)] == ["self.optimizer.zero_grad"] * 2
    assert len(of(trace, StepTaken)) == len(trace.updates) == 2
    assert [event.optimizer for event in of(trace, OptimizerSeen)] == ["optimizer[0]"]
    assert not hasattr(Passing.step, "__wrapped__")


# -- the user's own hooks -------------------------------------------------------------------------


def test_a_gradient_that_the_users_later_hook_changes_is_entered_as_it_was_added():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        handle = model[0].weight.register_hook(lambda grad: grad * 2)
        for _ in range(3):  # not cleared, so that what arrives is told from what is there
            model(X).pow(2).mean().backward()
            optimizer.step()
        handle.remove()
    for each in trace.updates:
        assert each.rows["0.weight"].grad_books.is_balanced
