"""The same training from YAML and from a script gives equal events, but for place and time."""

from __future__ import annotations

from dataclasses import fields

import torch
from test_configs import run
from torch import nn

import backtrace
from backtrace.config.load import load_config
from backtrace.ledger.events import ForwardRan, LossComputed, ParameterSeen
from backtrace.ledger.facts import ModelSeen, OptimizerSeen
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded

ELSEWHERE = {"where", "written", "elapsed", "index"}  # `written` is of the line, as `where` is
LOADERS = (BatchDrawn, LoaderEnded)  # a config has one, and these scripts go without
SEEN = (ParameterSeen, ModelSeen, OptimizerSeen)  # of a config, before its loop begins


def facts(events):
    """Return everything that events say but where and when; readings by repr, so NaN is NaN."""

    def plain(event):
        names = [field.name for field in fields(event) if field.name not in ELSEWHERE]
        return {name: repr(getattr(event, name)) for name in names}

    found = [event for event in events if not isinstance(event, LOADERS)]
    return [(type(event).__name__, plain(event)) for event in found]


def assert_equal(ours, theirs):
    one, two = facts(ours), facts(theirs)
    assert [name for name, _ in one] == [name for name, _ in two]
    for mine, other in zip(one, two, strict=True):
        assert mine == other
    assert all(event.where for event in theirs)
    assert all(event.where for event in ours if not isinstance(event, SEEN))


def from_config(name, **overrides):
    pairs = [(key.replace("__", "."), value) for key, value in overrides.items()]
    return run(load_config(name, pairs)).events


def test_linear():
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(1, 1))
    with torch.no_grad():
        model.fc.weight.fill_(-0.2505)
        model.fc.bias.fill_(0.9166)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    target = torch.tensor([[1.5], [2.5], [3.5]])
    with backtrace.record(model, optimizer) as trace:
        for _ in range(4):
            x = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), target)
            backtrace.note_loss(loss, loss=loss)
            loss.backward()
            optimizer.step()
    assert_equal(from_config("linear"), trace.events)


def test_linear_without_zero_grad_and_without_note_loss():
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(1, 1))
    with torch.no_grad():
        model.fc.weight.fill_(-0.2505)
        model.fc.bias.fill_(0.9166)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, target = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[1.5], [2.5], [3.5]])
    with backtrace.record(model, optimizer) as trace:
        for _ in range(4):
            nn.functional.mse_loss(model(x), target).backward()
            optimizer.step()
    ours = from_config("linear", loop__zero_grad="false", data__requires_grad="false")

    def shown(events):
        named = [fact for fact in facts(events) if fact[0] != LossComputed.__name__]
        return [(name, {k: v for k, v in fact.items() if k != "index"}) for name, fact in named]

    assert shown(ours) == shown(trace.events)


def test_small_net():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(10, 5), nn.ReLU(), nn.Linear(5, 1))
    x, target = data_of("small_net")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(4):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), target)
            backtrace.note_loss(loss, loss=loss)
            loss.backward()
            optimizer.step()
    assert_equal(from_config("small_net"), trace.events)


def data_of(name, *overrides):
    """Return all rows of a config's data."""
    from backtrace.train.training import build_training

    loaded = load_config(name, overrides)
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    batches = list(training.batches)
    return torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])


CONFIG = """\
# Four micro-batches, two losses, clipping, momentum and a schedule.
model:
  - Linear(10, 5)
  - Tanh
  - Linear(5, 1)
loss:
  mse: MSELoss
  l1: {loss: L1Loss, weight: 0.5}
optimizer: {type: SGD, lr: 0.1, momentum: 0.9}
scheduler: {type: StepLR, step_size: 2, gamma: 0.5, per: update}
clip: {norm: 0.3}
data: {source: random, input: [12, 10], target: [12, 1], batch_size: 2}
loop: {accumulate: 4, updates: 5, seed: 3, zero_grad: {set_to_none: false}}
"""


def test_accumulation_clipping_and_a_schedule(tmp_path):
    path = tmp_path / "much.yaml"
    path.write_text(CONFIG)
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(10, 5), nn.Tanh(), nn.Linear(5, 1))
    x, target = data_of(path)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    rows = [(x[i : i + 2], target[i : i + 2]) for i in range(0, 12, 2)]
    windows = [rows[:4], rows[4:]] * 3  # the last window of an epoch is smaller
    with backtrace.record(model, optimizer) as trace:
        for window in windows[:5]:
            optimizer.zero_grad(set_to_none=False)
            for inputs, targets in window:
                output = model(inputs)
                mse = nn.functional.mse_loss(output, targets) / len(window)
                l1 = 0.5 * nn.functional.l1_loss(output, targets) / len(window)
                backtrace.note_loss(mse + l1, mse=mse, l1=l1)
                (mse + l1).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.3)
            optimizer.step()
            scheduler.step()
    ours = from_config(path)
    assert_equal(ours, trace.events)
    assert {type(event).__name__ for event in ours} >= {"GradsRescaled", "GradsZeroed", "StepTaken"}
    assert sum(isinstance(event, ForwardRan) for event in ours) == 4 + 2 + 4 + 2 + 4
