"""Tensors in plain lists, dicts and objects are called by the user's way to them."""

from __future__ import annotations

import pytest
import torch

import backtrace
from backtrace.recording.tensors.plain_paths import find_paths

OBJECTS = """\
import torch
class Layer:
    def __init__(self, i, o): self.weight = torch.randn(i, o, requires_grad=True)
class Model:
    def __init__(self): self.layers = [Layer(3, 4), Layer(4, 1)]
    def parameters(self): return [layer.weight for layer in self.layers]
model = Model()
parameters = model.parameters()
x = torch.randn(5, 3)
"""
LISTS = """\
import torch
w = torch.randn(3, 4, requires_grad=True)
params = {"out": torch.randn(4, 1, requires_grad=True)}
parameters = [w, params["out"]]
x = torch.randn(5, 3)
"""
LOOP = """\
for _ in range(2):
    for p in parameters: p.grad = None
    (x @ parameters[0] @ parameters[1]).sum().backward()
    for p in parameters: p.data -= 0.1 * p.grad
"""


@pytest.mark.parametrize(
    ("script", "names"),
    [
        (OBJECTS, ["model.layers[0].weight", "model.layers[1].weight"]),
        (LISTS, ["w", "params['out']"]),
    ],
)
def test_names_are_the_users_way(script, names, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(script + LOOP)
    with backtrace.record() as trace:
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
    assert set(trace.updates[0].rows) == set(names)


class Hostile:
    """Whatever is asked of it fails."""

    def __getattribute__(self, name):
        raise AssertionError(name)

    __iter__ = __len__ = __eq__ = __bool__ = __getattribute__
    __hash__ = None


class Computed:
    @property
    def __dict__(self):
        raise AssertionError("a property ran")


def test_no_code_of_the_users_runs():
    wanted = torch.zeros(1)
    hostile = Hostile()
    object.__getattribute__(hostile, "__dict__")["inner"] = [wanted]
    names = {"a": Computed(), "b": hostile, "c": [Computed(), hostile]}
    assert find_paths(names, {id(wanted)}) == {id(wanted): "b.inner[0]"}


def test_what_is_long_or_deep_is_given_up():
    wanted = torch.zeros(1)
    deep = [[[[[[[wanted]]]]]]]
    assert find_paths({"deep": deep, "long": [0] * 10**6}, {id(wanted)}) == {}
    turning = [wanted]
    turning.append(turning)
    assert find_paths({"turning": turning}, {id(wanted)}) == {id(wanted): "turning[0]"}
