"""Layers and classes become models, or every reason why not is told."""

import sys

import pytest
import torch
from config_parts import layer
from torch import nn

from backtrace.train import memory


def test_named_and_numbered_layers(build):
    model = build(model=[layer("Linear", 3, 4, name="fc"), layer("ReLU"), layer("Linear", 4, 2)])
    assert [n for n, _ in model.model.named_parameters()] == [
        "fc.weight", "fc.bias", "2.weight", "2.bias",
    ]  # fmt: skip
    assert model.parameters == 3 * 4 + 4 + 4 * 2 + 2


def test_the_model_is_what_the_seed_gives(build):
    torch.manual_seed(5)
    expected = nn.Linear(3, 2).weight
    assert torch.equal(build(loop={"seed": 5}).model.fc.weight, expected)


def test_building_leaves_the_random_numbers_alone(build):
    before = torch.get_rng_state()
    build()
    assert torch.equal(torch.get_rng_state(), before)


def test_all_problems_of_layers_at_once(problems):
    found = problems(
        model=[
            layer("Lienar", 3, 2),
            layer("Linear", 3),
            layer("Linear", 3, 2, bais=False),
            layer("LazyLinear", 2),
            layer("Sequential"),
            layer("MSELoss"),
            layer("Linear", -3, 2),
        ]
    )
    by_key = {p.key: p for p in found}
    assert list(by_key) == [
        "model.0.type",
        "model.1",
        "model.2.kwargs.bais",
        "model.3.type",
        "model.4.type",
        "model.5.type",
        "model.6",
    ]
    assert by_key["model.0.type"].hint == "did you mean Linear?"
    assert "out_features" in by_key["model.1"].found
    assert "Linear(in_features, out_features, bias=True)" in by_key["model.1"].hint
    assert "did you mean bias?" in by_key["model.2.kwargs.bais"].hint
    assert by_key["model.0.type"].where == "test.yaml:model.0.type"


def test_a_layer_has_no_device_of_its_own(problems):
    found = problems(model=[layer("Linear", 3, 2, device="cuda", dtype="float64")])
    assert [p.key for p in found] == ["model.0.kwargs.device", "model.0.kwargs.dtype"]
    assert "loop: {device: …}" in found[0].hint


def test_names_given_twice_or_taken_by_torch(problems):
    twice = problems(model=[layer("ReLU", name="a"), layer("Linear", 3, 2, name="a")])
    assert "two layers are named 'a'" in twice[0].found
    taken = problems(model=[layer("Linear", 3, 2, name="forward")])
    assert "forward" in taken[0].found


def test_too_large_is_refused_before_it_is_allocated(problems):
    (problem,) = problems(model=[layer("Linear", 1_000_000, 1_000_000)])
    assert problem.key == "model"
    assert "14.6 TiB" in problem.found
    assert "are available" in problem.found


def test_too_large_counts_gradients_and_optimizer(problems, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 4 * 4 * (1000 * 1000 + 1000) - 1)
    (problem,) = problems(model=[layer("Linear", 1000, 1000)])
    assert "15.3 MiB" in problem.found


def test_available_memory_is_known_here():
    assert memory.available_bytes() > 2**20
    assert memory.size_text(3 * 2**30) == "3.0 GiB"
    assert memory.size_text(12) == "12 bytes"


def test_nothing_to_train(problems):
    assert "no parameters" in problems(model=[layer("ReLU")])[0].found


USER = """
import os
from torch import nn
CALLS = []
class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.fc = nn.Linear(3, width)
        self.out = nn.Linear(width, 2)
    def forward(self, x):
        return self.out(self.fc(x))
class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(3)
class Broken(nn.Module):
    def __init__(self):
        raise KeyError("width")
def make():
    CALLS.append(1)
    return Net()
"""


@pytest.fixture
def user_module(tmp_path):
    name = f"user_module_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(USER)
    yield name
    sys.modules.pop(name, None)


def test_a_class_beside_the_config(build, user_module):
    path = list(sys.path)
    training = build(model={"class": f"{user_module}:Net", "kwargs": {"width": 5}})
    training.run()
    assert training.model.fc.out_features == 5
    assert sys.path == path


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("{}:make", "no subclass of torch.nn.modules.module.Module"),
        ("{}:os", "no subclass"),
        ("os:system", "no subclass"),
        ("{}:Nett", "has no 'Nett'"),
        ("{}:Lazy", "lazy layers"),
        ("{}:Broken", "KeyError: 'width'"),
        ("nowhere_to_be_found:Net", "ModuleNotFoundError"),
    ],
)
def test_refused_classes(problems, user_module, spec, found):
    (problem,) = problems(model={"class": spec.format(user_module)})
    assert found in problem.found
    assert not getattr(sys.modules.get(user_module), "CALLS", None)


def test_a_class_whose_arguments_do_not_fit(problems, user_module):
    (problem,) = problems(model={"class": f"{user_module}:Net", "kwargs": {"widht": 5}})
    assert problem.key == "model.kwargs.widht"
    assert "did you mean width?" in problem.hint


def test_a_module_of_that_name_from_elsewhere_is_not_taken(problems, tmp_path):
    (tmp_path / "shelve.py").write_text("class Net: pass")
    import shelve  # noqa: F401

    (problem,) = problems(model={"class": "shelve:Net"})
    assert "not from" in problem.found
    assert "rename" in problem.hint


def test_init_by_value_number_and_function(build):
    model = build(
        init={
            "*.weight": {"type": "constant_", "args": [2.0]},
            "fc.bias": [0.5, -0.5],
        }
    ).model
    assert model.fc.weight.tolist() == [[2.0] * 3] * 2
    assert model.fc.bias.tolist() == [0.5, -0.5]
    assert build(init={"fc.*": 1.5}).model.fc.bias.tolist() == [1.5, 1.5]


def test_init_is_exact_in_float64(build):
    model = build(init={"fc.bias": [0.1, 0.2]}, loop={"dtype": "float64"}).model
    assert model.fc.bias.tolist() == [0.1, 0.2]


def test_init_problems(problems):
    found = problems(
        init={
            "fc.wieght": 1.0,
            "fc.bias": [1.0, 2.0, 3.0],
            "*.bias": {"type": "kaiming_normal_"},
            "fc.weight": {"type": "kaiming_normal"},
        }
    )
    by_key = {p.key: p for p in found}
    assert "did you mean fc.weight?" in by_key["init.fc.wieght"].hint
    assert by_key["init.fc.bias"].found == "fc.bias has shape (2,), the values have (3,)"
    assert "fc.bias of shape (2,)" in by_key["init.*.bias"].found
    assert by_key["init.fc.weight.type"].hint == "did you mean kaiming_normal_?"


@pytest.mark.parametrize(
    ("deep", "name"),
    [
        (layer("LSTM", 2, 1, 1_000_000), "num_layers"),
        (layer("GRU", 2, 1, num_layers=1_000_000), "num_layers"),
        (layer("Transformer", 8, 2, 100_000), "num_encoder_layers"),
    ],
)
def test_a_layer_of_endless_layers_is_refused(problems, deep, name):
    (problem,) = problems(model=[deep])
    assert problem.key == "model.0"
    assert f"{name}=1" in problem.found
    assert "at most 1,000 layers" in problem.hint
