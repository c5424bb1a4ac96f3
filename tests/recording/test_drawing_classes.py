"""Classes and metaclasses whose every way to be asked draws random numbers: none is asked by us."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Sampler

import backtrace


def draw():
    torch.rand(1)
    random.random()


class Drawing(type):
    """A metaclass that draws when a class of its is compared, hashed, named or asked."""

    def __eq__(cls, other):
        draw()
        return cls is other

    def __hash__(cls):
        draw()
        return type.__hash__(cls)

    def __getattribute__(cls, name):
        draw()
        return type.__getattribute__(cls, name)

    def __instancecheck__(cls, thing):
        draw()
        return type.__instancecheck__(cls, thing)

    def __subclasscheck__(cls, other):
        draw()
        return type.__subclasscheck__(cls, other)


class DrawingToo(Drawing, type(Dataset)):
    """The same, for torch's generic classes."""


# Where anybody has a hook on all modules, torch itself asks a module for its hooks once more.
HOOKS = ("_hooks", "_hooks_with_kwargs", "_hooks_always_called")


class Asked:
    """Draws when an attribute is read, and when it is compared, hashed, counted or gone through."""

    def __getattribute__(self, name):
        if not name.endswith(HOOKS):
            draw()
        return super().__getattribute__(name)

    def __bool__(self):
        draw()
        return True

    def __eq__(self, other):
        draw()
        return self is other

    def __hash__(self):
        draw()
        return id(self)


def make_classes():
    """Return classes that nobody has asked yet: Python remembers what abstract ones were asked."""

    class Rows(Asked, Dataset, metaclass=DrawingToo):
        def __getitem__(self, at):
            draw()
            return torch.full((3,), float(at))

        def __len__(self):
            draw()
            return 4

    class Order(Asked, Sampler, metaclass=DrawingToo):
        def __init__(self):
            pass

        def __iter__(self):
            return iter(torch.randperm(4).tolist())

        def __len__(self):
            draw()
            return 4

    class Loader(Asked, DataLoader, metaclass=DrawingToo):
        def __len__(self):
            draw()
            return super().__len__()

    class Batch(Asked, metaclass=Drawing):
        def __init__(self, rows):
            self.rows = rows

        def __iter__(self):
            draw()
            return iter([self.rows])

        def __len__(self):
            draw()
            return 1

    class Layer(Asked, nn.Linear, metaclass=Drawing):
        pass

    class Net(Asked, nn.Module, metaclass=Drawing):
        def __init__(self):
            super().__init__()
            self.layer, self.norm, self.drop = Layer(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.2)
            self.head = nn.Linear(4, 1)

        def forward(self, batch):
            rows = batch.rows if type(batch) is Batch else batch
            return self.head(self.drop(self.norm(self.layer(rows).relu())))

    class Loss(Asked, nn.MSELoss, metaclass=Drawing):
        pass

    class Stepped(Asked, torch.optim.SGD, metaclass=Drawing):
        pass

    class Rate(Asked, torch.optim.lr_scheduler.LRScheduler, metaclass=Drawing):
        def get_lr(self):
            draw()
            return [group["lr"] * 0.9 for group in self.optimizer.param_groups]

    return SimpleNamespace(**locals())


def train():
    torch.manual_seed(0)
    random.seed(0)
    made = make_classes()
    model, loss_of = made.Net(), made.Loss()
    optimizer = made.Stepped(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = made.Rate(optimizer)
    rows, batch_of = made.Rows(), lambda rows: made.Batch(torch.stack(rows))
    loaders = (
        made.Loader(rows, batch_size=2, sampler=made.Order(), collate_fn=batch_of),
        made.Loader(rows, batch_size=2, shuffle=True),
    )
    for loader in loaders:
        for batch in loader:
            optimizer.zero_grad()
            loss_of(model(batch), torch.zeros(2, 1)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
    model.eval()
    with torch.no_grad():
        model(torch.ones(2, 3))
    model.load_state_dict(model.state_dict())
    model.zero_grad()
    numbers = [each.tolist() for each in model.state_dict().values()]
    return [numbers, torch.get_rng_state().tolist(), random.getstate()]


@pytest.mark.parametrize(
    "options",
    [{}, {"receipt": True, "by_term": True, "digest": True, "activations": True, "graph": True}],
    ids=["plain", "all"],
)
def test_nothing_is_drawn_that_a_bare_run_does_not_draw(options):
    bare = train()
    with backtrace.record() as trace:
        assert train() == bare
    assert len(trace.updates) == 4


def test_nor_by_what_a_capsule_keeps(tmp_path):
    bare = train()
    with backtrace.record(capsule=tmp_path / "a.capsule") as trace:
        assert train() == bare
    assert len(trace.updates) == 4


class DrawingDict(dict):
    """A group that draws when it is read."""

    def __getitem__(self, key):
        draw()
        return super().__getitem__(key)

    def __iter__(self):
        draw()
        return super().__iter__()

    def __contains__(self, key):
        draw()
        return super().__contains__(key)

    def __len__(self):
        draw()
        return super().__len__()

    def get(self, *given):
        draw()
        return super().get(*given)

    def keys(self):
        draw()
        return super().keys()

    def items(self):
        draw()
        return super().items()


class DrawingList(list):
    """Groups, or the tensors of one, that draw when they are gone through."""

    def __getitem__(self, at):
        draw()
        return super().__getitem__(at)

    def __iter__(self):
        draw()
        return super().__iter__()

    def __len__(self):
        draw()
        return super().__len__()


def _train_with_drawing_groups():
    torch.manual_seed(0)
    random.seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    groups = (DrawingDict(group) for group in optimizer.param_groups)
    optimizer.param_groups = DrawingList(groups)
    for group in optimizer.param_groups:
        group["params"] = DrawingList(group["params"])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(4, 3)).sum().backward()
        optimizer.step()
        scheduler.step()
    optimizer.load_state_dict(optimizer.state_dict())
    optimizer.param_groups = DrawingList(map(DrawingDict, optimizer.param_groups))
    optimizer.zero_grad()
    model(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    state = torch.get_rng_state().tolist(), random.getstate()
    return state, [each.tolist() for each in model.parameters()]


def test_groups_of_the_users_own_classes_are_read_past_their_methods():
    bare = _train_with_drawing_groups()
    with backtrace.record() as trace:
        assert _train_with_drawing_groups() == bare
    steps = [event for event in trace.events if type(event).__name__ == "StepTaken"]
    assert len(steps) == 4 and steps[0].lr == (0.1,) and len(steps[0].values) == 4
    assert [update.index for update in trace.updates] == [1, 2, 3, 4]
