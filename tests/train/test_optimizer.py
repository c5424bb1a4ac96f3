"""Optimizers, their groups, schedulers and clipping."""

import pytest
import torch
from config_parts import layer
from torch import nn

from backtrace.train.manual_sgd import ManualSGD

TWO = [layer("Linear", 3, 4, name="a"), layer("Linear", 4, 2, name="b")]


@pytest.mark.parametrize("foreach", [None, False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_manual_sgd_is_torchs_sgd_to_the_last_bit(dtype, foreach):
    generator = torch.Generator().manual_seed(1)
    models = []
    for make in (ManualSGD, lambda p, lr: torch.optim.SGD(p, lr, foreach=foreach)):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(37, 50), nn.Tanh(), nn.Linear(50, 3)).to(dtype)
        models.append((model, make(model.parameters(), 0.013)))
    for _ in range(50):
        x = torch.randn(5, 37, generator=generator).to(dtype)
        for model, optimizer in models:
            optimizer.zero_grad()
            model(x).square().sum().backward()
            optimizer.step()
    for one, other in zip(models[0][0].parameters(), models[1][0].parameters(), strict=True):
        assert torch.isfinite(one).all()
        assert torch.equal(one, other)


def test_manual_sgd_takes_a_closure_and_skips_what_has_no_gradient():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = ManualSGD([used, unused], lr=0.5)

    def closure():
        loss = (used**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2.0
    assert used.tolist() == [0.0, 0.0]
    assert unused.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="learning rate"):
        ManualSGD([used], lr=-1)


@pytest.mark.parametrize(
    "name",
    [
        "ASGD",
        "Adadelta",
        "Adafactor",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "ManualSGD",
        "NAdam",
        "RAdam",
        "RMSprop",
        "Rprop",
        "SGD",
    ],
)
def test_every_optimizer_runs_by_its_name(build, name):
    training = build(optimizer={"type": name, "lr": 0.01}, loop={"updates": 2})
    before = [p.clone() for p in training.model.parameters()]
    training.run()
    assert any(
        not torch.equal(old, new)
        for old, new in zip(before, training.model.parameters(), strict=True)
    )


def test_groups_with_the_rest_first(build):
    groups = [{"params": "*.bias", "kwargs": {"lr": 0.5}}, {"params": "b.weight"}]
    training = build(model=TWO, optimizer={"type": "SGD", "lr": 0.1, "groups": groups})
    shapes = [[tuple(p.shape) for p in g["params"]] for g in training.optimizer.param_groups]
    assert shapes == [[(4, 3)], [(4,), (2,)], [(2, 4)]]
    assert [g["lr"] for g in training.optimizer.param_groups] == [0.1, 0.5, 0.1]


def test_groups_that_take_everything(build):
    training = build(optimizer={"type": "SGD", "lr": 0.1, "groups": [{"params": "*"}]})
    assert len(training.optimizer.param_groups) == 1


def test_group_problems(problems):
    groups = [
        {"params": "*.bias", "kwargs": {"weight_decy": 0.1}},
        {"params": "a.*"},
        {"params": "c.*"},
    ]
    found = problems(model=TWO, optimizer={"type": "SGD", "lr": 0.1, "groups": groups})
    assert [p.key for p in found] == [
        "optimizer.groups.0.kwargs.weight_decy",
        "optimizer.groups.1.params",
        "optimizer.groups.2.params",
    ]
    assert "did you mean weight_decay?" in found[0].hint
    assert found[1].found == "a.bias is matched by '*.bias' and by 'a.*'"
    assert "a.weight, a.bias, b.weight, b.bias" in found[2].hint


@pytest.mark.parametrize(
    ("optimizer", "key", "found", "hint"),
    [
        ({"type": "Addam"}, "optimizer.type", "no optimizer named 'Addam'", "did you mean Adam?"),
        (
            {"type": "LBFGS"},
            "optimizer.type",
            "LBFGS cannot be used",
            "`backtrace run train.py`",
        ),
        ({"type": "SGD", "rl": 1.0}, "optimizer.rl", "SGD takes no 'rl'", "it takes SGD(lr="),
        ({"type": "SGD", "lr": -1.0}, "optimizer", "Invalid learning rate: -1.0", "it takes SGD("),
        ({"type": "SGD", "lr": "1e-3"}, "optimizer.lr", "the text '1e-3'", "the number 0.001"),
    ],
)
def test_optimizer_problems(problems, optimizer, key, found, hint):
    (problem,) = problems(optimizer=optimizer)
    assert problem.key == key
    assert found in problem.found
    assert hint in problem.hint


def test_betas_are_given_as_a_list(build):
    training = build(optimizer={"type": "Adam", "betas": [0.5, 0.9]})
    assert training.optimizer.defaults["betas"] == (0.5, 0.9)


@pytest.mark.parametrize(("per", "expected"), [("update", 0.1 * 0.5**4), ("epoch", 0.1 * 0.5**2)])
def test_schedules_per_update_and_per_epoch(build, per, expected):
    training = build(
        data={
            "source": "random",
            "input": {"shape": [8, 3]},
            "target": {"shape": [8, 2]},
            "batch_size": 2,
        },
        scheduler={"type": "StepLR", "step_size": 1, "gamma": 0.5, "per": per},
        loop={"epochs": 2, "accumulate": 2},
    )
    assert (training.updates_per_epoch, training.planned_updates) == (2, 4)
    training.run()
    assert training.optimizer.param_groups[0]["lr"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scheduler", "found"),
    [
        ({"type": "StepLRR", "step_size": 1}, "no scheduler named"),
        ({"type": "StepLR"}, "'step_size'"),
        ({"type": "LambdaLR"}, "cannot be used here"),
        ({"type": "ReduceLROnPlateau"}, "cannot be used here"),
        ({"type": "CosineAnnealingLR", "T_max": 4, "eta": 1}, "takes no 'eta'"),
    ],
)
def test_scheduler_problems(problems, scheduler, found):
    (problem,) = problems(scheduler=scheduler)
    assert found in problem.found


@pytest.mark.parametrize("clip", [{"norm": 0.01}, {"value": 0.001}])
def test_clipping_goes_through_torchs_function_as_it_is_then(build, clip, monkeypatch):
    calls = []
    for name in ("clip_grad_norm_", "clip_grad_value_"):
        real = getattr(torch.nn.utils, name)
        monkeypatch.setattr(
            torch.nn.utils, name, lambda *a, n=name, r=real: (calls.append(n), r(*a))[1]
        )
    training = build(clip=clip, loop={"updates": 2})
    training.run()
    assert calls == ["clip_grad_norm_" if "norm" in clip else "clip_grad_value_"] * 2
    grads = torch.cat([p.grad.flatten() for p in training.model.parameters()])
    if "norm" in clip:
        assert grads.norm().item() == pytest.approx(0.01, rel=1e-4)
    else:
        assert grads.abs().max().item() == pytest.approx(0.001)
