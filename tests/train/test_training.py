"""Trainings as a whole: how long they last, that they repeat, what they say of mistakes."""

import itertools
import random

import numpy
import pytest
import torch
from config_parts import layer, random_data

from backtrace import record
from backtrace.config.schema import Config
from backtrace.errors import ConfigError
from backtrace.train.training import build_training


@pytest.mark.parametrize(
    ("loop", "planned"),
    [
        ({}, 3),
        ({"epochs": 2}, 6),
        ({"updates": 5}, 5),
        ({"updates": 50}, 50),
        ({"updates": 2, "epochs": 2}, 2),
        ({"updates": 50, "epochs": 2}, 6),
        ({"accumulate": 2, "epochs": 2}, 4),
    ],
)
def test_how_long_it_lasts(build, loop, planned):
    training = build(data=random_data([10, 3], [10, 2], batch_size=4), loop=loop)
    assert training.planned_updates == planned
    assert len(list(training.windows())) == planned
    assert (training.rows, training.batches_per_epoch) == (10, 3)


def test_a_run_repeats_to_the_last_bit(build):
    def parameters():
        training = build(
            model=[layer("Linear", 3, 8), layer("Dropout", 0.5), layer("Linear", 8, 2)],
            data=random_data([10, 3], [10, 2], batch_size=4, shuffle=True),
            loop={"epochs": 3, "seed": 7},
        )
        training.run()
        return [p.detach().clone() for p in training.model.parameters()]

    first = parameters()
    torch.rand(17), random.random(), numpy.random.rand()
    assert all(torch.equal(a, b) for a, b in zip(first, parameters(), strict=True))


def test_a_script_gets_the_same_numbers(build):
    """Seed once, build the model, train: with dropout drawing on from there."""
    training = build(
        model=[layer("Linear", 3, 8), layer("Dropout", 0.5), layer("Linear", 8, 2)],
        data=random_data([10, 3], [10, 2], batch_size=4, shuffle=True),
        loop={"epochs": 2, "seed": 3},
    )
    rows = training.batches.dataset
    training.run()

    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(rows.input, rows.target),
        batch_size=4,
        shuffle=True,
        generator=torch.Generator().manual_seed(3),
    )
    for _ in range(2):
        for x, y in loader:
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    for ours, theirs in zip(training.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_look_at_the_first_batch_changes_nothing(build):
    sections = {"data": random_data([10, 3], [10, 2], batch_size=4, shuffle=True)}
    looked, plain = build(**sections), build(**sections)
    x, _ = looked.batches.first()
    assert torch.equal(x, next(iter(plain.windows()))[0][0])
    for (one,), (other,) in zip(looked.windows(), plain.windows(), strict=True):
        assert torch.equal(one[0], other[0])


def test_data_do_not_depend_on_the_models_size(build):
    small = build().batches.first()
    large = build(model=[layer("Linear", 3, 99), layer("Linear", 99, 2)]).batches.first()
    assert all(torch.equal(a, b) for a, b in itertools.zip_longest(small, large))


def test_the_input_is_a_leaf_with_a_gradient(build):
    training = build(data=random_data([8, 3], [8, 2], requires_grad=True))
    x, y = training.batches.first()
    assert x.is_leaf
    assert x.requires_grad
    assert not y.requires_grad


def test_settings_are_set_and_set_back(build):
    threads = torch.get_num_threads()
    seen = []
    training = build(loop={"threads": threads + 1, "deterministic": True, "zero_grad": False})
    training.clip = lambda: seen.append(
        (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())
    )
    training.run()
    assert seen == [(threads + 1, True)]
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("zero_grad", [True, {"set_to_none": True}, {"set_to_none": False}, False])
def test_how_gradients_are_cleared(build, zero_grad, monkeypatch):
    training = build(loop={"zero_grad": zero_grad})
    calls = []
    monkeypatch.setattr(training.optimizer, "zero_grad", lambda **kwargs: calls.append(kwargs))
    training.run()
    if zero_grad is False:
        assert calls == []
    else:
        expected = zero_grad is True or zero_grad["set_to_none"]
        assert calls == [{"set_to_none": expected}]


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_dtypes(build, dtype):
    training = build(loop={"dtype": dtype})
    training.run()
    x, y = training.batches.first()
    kinds = {t.dtype for t in (x, y, training.model.fc.weight, training.model.fc.weight.grad)}
    assert kinds == {getattr(torch, dtype)}


def test_devices_that_are_not_there(problems):
    (unknown,) = problems(loop={"device": "gpu"})
    assert unknown.key == "loop.device"
    assert "no such device" in unknown.found
    (meta,) = problems(loop={"device": "meta"})
    assert "not available" in meta.found


def test_everything_wrong_is_told_at_once(problems):
    found = problems(
        model=[layer("Linaer", 3, 2)],
        loss={"a": {"loss": {"type": "MSLoss"}}},
        optimizer={"type": "SDG"},
        scheduler={"type": "StepLRR"},
        data=random_data([10**6, 10**6], [10**6, 1]),
        loop={"device": "gpu"},
    )
    assert [p.key for p in found] == [
        "loop.device",
        "model.0.type",
        "loss.a.loss.type",
        "optimizer.type",
        "scheduler.type",
        "data.input.shape",
    ]


def test_shapes_are_tried_first(problems):
    (problem,) = problems(
        model=[layer("ReLU"), layer("Linear", 10, 5, name="fc")], data=random_data([1, 12], [1, 5])
    )
    assert problem.key == "model.1"
    assert problem.found.startswith("layer 'fc', Linear(in_features=10")
    assert "(1, 12)" in problem.found
    assert "last dimension is 10" in problem.hint


@pytest.mark.parametrize(
    ("layers", "x", "key", "hint"),
    [
        ([layer("Conv2d", 3, 4, 3)], [2, 1, 8, 8], "model.0", "(batch, 3, height, width)"),
        ([layer("BatchNorm1d", 3)], [1, 3], "model.0", "second dimension is 3"),
        ([layer("BatchNorm1d", 3)], [4, 5], "model.0", "second dimension is 3"),
        ([layer("LSTM", 3, 2), layer("Linear", 2, 1)], [4, 3], "model.1", "last dimension is 2"),
        ([layer("Flatten"), layer("Linear", 12, 2)], [4, 3, 4], "loss.mse", ""),
    ],
)
def test_layers_in_a_dry_run(problems, layers, x, key, hint):
    (problem,) = problems(model=layers, data=random_data(x, [x[0], 7]))
    assert problem.key == key
    assert hint in problem.hint


def test_a_dry_run_touches_nothing(build):
    training = build(
        model=[layer("Linear", 3, 2), layer("BatchNorm1d", 2), layer("Dropout", 0.5)],
    )
    assert training.model[1].num_batches_tracked == 0
    assert training.model[1].running_mean.tolist() == [0, 0]


def test_a_choice_among_outputs_is_tried_first(problems):
    found = problems(loss={"a": {"loss": {"type": "MSELoss"}, "output": 1}})
    assert found[0].key == "loss.a.output"
    assert found[0].where == "test.yaml:loss.a.output"


def test_what_only_training_can_find(build):
    """Classes beyond the outputs: a dry run sees shapes, not values."""
    training = build(
        loss={"a": {"loss": {"type": "CrossEntropyLoss"}}},
        data={
            "source": "values",
            "input": [[1.0, 2.0, 3.0]],
            "target": [5],
        },
    )
    with pytest.raises(ConfigError) as caught:
        training.run()
    (problem,) = caught.value.problems
    assert problem.key == "loss.a"
    assert "output (1, 2) float32 and target (1,) int64" in problem.found
    assert "Target 5 is out of bounds" in problem.found


@pytest.mark.parametrize(
    ("loss", "target", "said"),
    [
        ("BCELoss", [[1.0, 2.0]], "between 0 and 1"),
        ("NLLLoss", [5], "Target 5 is out of bounds"),
        ("MultiLabelMarginLoss", [[9, -1]], "target"),
    ],
)
def test_a_traced_loss_is_still_the_configs(build, loss, target, said):
    """The tracer's wrapper stands between a loss and torch's function."""
    training = build(
        model=[layer("Linear", 3, 2, name="fc"), layer("Sigmoid")],
        loss={"a": {"loss": {"type": loss}}},
        data={"source": "values", "input": [[1.0, 2.0, 3.0]], "target": target},
    )
    with (
        pytest.raises(ConfigError, match=said) as caught,
        record(training.model, training.optimizer),
    ):
        training.run()
    assert caught.value.problems[0].where == "test.yaml:loss.a"


def test_an_optimizers_assertion_is_the_configs(build):
    training = build(optimizer={"type": "Adam", "lr": 0.1, "capturable": True})
    with pytest.raises(ConfigError, match="the step of Adam failed: If capturable=True"):
        training.run()


@pytest.mark.parametrize(
    ("optimizer", "scheduler", "key"),
    [
        ({"type": "Adam", "lr": 0.1, "differentiable": 0}, None, "optimizer"),
        ({"type": "SGD", "lr": 0.1}, {"type": "StepLR", "step_size": 0}, "scheduler"),
    ],
)
def test_whatever_torch_raises_in_a_step_is_the_configs(build, optimizer, scheduler, key):
    more = {} if scheduler is None else {"scheduler": scheduler}
    with pytest.raises(ConfigError) as error:
        build(optimizer=optimizer, **more).run()
    assert error.value.problems[0].key == key


def test_sparse_adam_says_what_it_needs(build):
    with pytest.raises(ConfigError, match="Embedding"):
        build(optimizer={"type": "SparseAdam"}).run()


def test_a_scheduler_that_runs_out(build):
    training = build(
        scheduler={"type": "OneCycleLR", "max_lr": 0.1, "total_steps": 2, "per": "update"},
        loop={"updates": 5},
    )
    with pytest.raises(ConfigError, match="scheduler: the step of OneCycleLR failed"):
        training.run()


def test_a_clip_that_torch_refuses(build):
    with pytest.raises(ConfigError, match="clip: clipping failed: value cannot be converted"):
        build(clip={"value": 1e300}).run()


def test_backward_is_located(build):
    layers = [layer("Linear", 3, 2), layer("Sigmoid"), layer("ReLU", inplace=True)]
    with pytest.raises(ConfigError, match=r"backward failed: .* inplace operation"):
        build(model=layers).run()


def test_a_mistake_of_the_tracers_is_not_the_configs(build):
    training = build()
    tracer = {"__name__": "backtrace.recording.made_up"}
    exec("def hook(*_): raise RuntimeError('a bug')", tracer)
    training.model.register_forward_pre_hook(lambda *_: tracer["hook"]())
    training.model.fc.register_forward_pre_hook(lambda *_: tracer["hook"]())
    with pytest.raises(RuntimeError, match="a bug"):
        training.run()


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ([layer("MultiheadAttention", 3, 1)], "layer '0', MultiheadAttention, failed on"),
        ([layer("LSTM", 3, 2), layer("Linear", 2, 1)], "failed on a tuple, which is no tensor"),
    ],
)
def test_what_a_layer_was_given(problems, layers, found):
    assert found in problems(model=layers)[0].found


def test_mistakes_that_are_not_torchs_are_left_alone(build):
    training = build()

    def broken():
        raise RuntimeError("not torch's")

    training.clip = broken
    with pytest.raises(RuntimeError, match="not torch's"):
        training.run()


def test_a_users_model_is_located_by_its_layer(tmp_path):
    (tmp_path / "located_net.py").write_text(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.body = nn.Sequential(nn.Linear(4, 2))\n"
        "    def forward(self, x):\n"
        "        return self.body(x)\n"
    )
    config = Config.model_validate(
        {
            "model": {"class": "located_net:Net"},
            "loss": {"mse": {"loss": {"type": "MSELoss"}}},
            "optimizer": {"type": "SGD"},
            "data": random_data([2, 3], [2, 2]),
        }
    )
    with pytest.raises(ConfigError, match=r"layer 'body.0', Linear.*\(2, 3\)"):
        build_training(config, tmp_path, lambda key: key).run()


def gradients(training):
    """Return the gradients that each step reads."""
    seen = []
    training.optimizer.register_step_pre_hook(
        lambda optimizer, *_: seen.append(
            [p.grad.clone() for g in optimizer.param_groups for p in g["params"]]
        )
    )
    training.run()
    return seen


def accumulated(build, rows, **loop):
    return gradients(build(data=random_data([rows, 3], [rows, 2], batch_size=4), loop=loop))


def whole(build, rows):
    return gradients(build(data=random_data([rows, 3], [rows, 2])))


def test_averaged_micro_batches_are_one_batch(build):
    (ours,), (theirs,) = accumulated(build, 16, accumulate=4), whole(build, 16)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


def test_not_averaged_is_four_times_as_much(build):
    (ours,) = accumulated(build, 16, accumulate=4, average=False)
    (theirs,) = whole(build, 16)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, 4 * other, rtol=1e-5, atol=1e-7)


def test_uneven_micro_batches_are_not_one_batch(build):
    (ours,), (theirs,) = accumulated(build, 10, accumulate=3), whole(build, 10)
    assert all((a - b).abs().max() > 1e-3 for a, b in zip(ours, theirs, strict=True))


def test_a_path_is_told_as_people_type_it(problems):
    call = {"type": "MSELoss", "kwargs": {"reduction": "none"}}
    (found,) = problems(loss={"loss": {"loss": call}})
    assert found.key == "loss.loss.loss.kwargs.reduction"
    assert f"{found.where}: loss.reduction: reduction='none' does not" in str(found)
