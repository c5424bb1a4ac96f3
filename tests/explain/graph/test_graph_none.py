"""Every reason for a gradient of None has a case, and a near-miss that is told from it."""

from __future__ import annotations

import struct

import pytest
import torch
from torch import nn

from backtrace.explain.none import explain_missing


class Net(nn.Module):
    """Scales its input by `w` in the way that it is given, and then by `v`."""

    def __init__(self, way, **attributes):
        super().__init__()
        self.v = nn.Parameter(torch.full((3,), 0.5))
        self.w = nn.Parameter(torch.full((3,), 0.5))
        self.way = way
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x):
        return self.way(self, x) * self.v


def explain(model, **options):
    x = torch.linspace(-1, 2, 12).reshape(4, 3)
    return explain_missing(model, lambda: model(x).square().sum(), **options)


def only(way, **attributes):
    (found,) = explain(Net(way, **attributes))
    assert found.name == "w" and not found.has_grad
    return found


def line_of(way):
    return f"test_graph_none.py:{way.__code__.co_firstlineno}"


class Stop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        return x * w

    @staticmethod
    def backward(ctx, grad):
        return grad, None


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        return w.clone() * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Cuts(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        out = w * 2
        ctx.mark_non_differentiable(out)
        return out

    @staticmethod
    def backward(ctx, grad):
        return None


def under_no_grad(net, x):
    with torch.no_grad():
        return x * net.w


def under_inference_mode(net, x):
    with torch.inference_mode():
        scaled = x * net.w
    return scaled.clone()


def written(net, x):
    buffer = torch.zeros(3)
    buffer[:] = net.w.detach()
    return x * buffer


def logged(net, x):
    net.norm = net.w.norm().item()  # for a log: not what cuts it off
    return x * net.w.detach()


CASES = [
    ("detached", lambda net, x: x * net.w.detach(), "detach"),
    ("detached", lambda net, x: (x * net.w).detach(), "detach"),
    ("detached", lambda net, x: x * torch.tensor(net.w), "tensor"),
    ("detached", lambda net, x: (x * net.w).detach_(), "detach_"),
    ("data", lambda net, x: x * net.w.data, ".data"),
    ("no_grad", under_no_grad, "mul"),
    ("no_grad", under_inference_mode, "mul"),
    ("left torch", lambda net, x: x * net.w.sum().item(), "item"),
    ("left torch", lambda net, x: x * torch.tensor(net.w.tolist()), "tolist"),
    ("left torch", lambda net, x: x * float(net.w[0]), "__float__"),
    ("detached", lambda net, x: x * torch.from_numpy(net.w.detach().numpy()), "detach"),
    ("not differentiable", lambda net, x: x * (net.w > 0.1), "gt"),
    ("not differentiable", lambda net, x: x[:, net.w.argmax()][:, None] * net.v, "argmax"),
    ("stopped", lambda net, x: Stop.apply(x, net.w), "StopBackward"),
    ("detached", lambda net, x: x * Cuts.apply(net.w), "mul"),
    ("detached", lambda net, x: x * Twice.apply(net.w).detach(), "detach"),
    ("detached", lambda net, x: Twice.apply(x * net.w.detach()), "detach"),
    ("unused", lambda net, x: x, ""),
    ("unused", lambda net, x: (net.w * 2, x)[1], "mul"),
    ("detached", written, "detach"),
    ("detached", logged, "detach"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("reason", "way", "operation"), CASES)
def test_each_reason_is_told(reason, way, operation):
    found = only(way)
    assert found.reason == reason, found
    assert found.operation == operation
    first = way.__code__.co_firstlineno
    if operation not in ("", "StopBackward", "mul"):
        file, _, line = found.where.rpartition(":")
        assert file.endswith("test_graph_none.py")
        assert first <= int(line) <= first + 3


def near_detached(net, x):
    net.seen = net.w.detach()
    return x * net.w


def near_no_grad(net, x):
    with torch.no_grad():
        net.seen = x * net.w
        with torch.enable_grad():
            return x * net.w


def near_written(net, x):
    buffer = torch.zeros(3)
    buffer[:] = net.w
    return x * buffer


@pytest.mark.parametrize(
    "way",
    [
        lambda net, x: x * net.w,
        near_detached,
        near_no_grad,
        near_written,
        lambda net, x: x * net.w * 0,  # a gradient of zeros is one
        lambda net, x: x * torch.where(net.w > 0, net.w, -net.w),
        lambda net, x: x * net.w + net.w.data + net.w.sum().item(),
        lambda net, x: x * torch.as_tensor(net.w),
        lambda net, x: x * Twice.apply(net.w),
    ],
)
def test_near_misses_get_a_gradient(way):
    assert explain(Net(way)) == []


def test_frozen_goes_before_what_else_cuts():
    model = Net(lambda net, x: x * net.w.detach())
    model.w.requires_grad_(False)
    (found,) = explain(model)
    assert found.reason == "frozen" and found.where == ""


def test_the_line_that_turned_gradients_off_is_told():
    found = only(under_no_grad)
    line = under_no_grad.__code__.co_firstlineno
    assert f"test_graph_none.py:{line + 1})" in found.text
    assert found.where.endswith(f":{line + 2}")


def test_an_alias_made_before_the_forward_is_told_from_a_copy():
    model = Net(lambda net, x: x * net.alias)
    model.alias = model.w.data
    (found,) = explain(model)
    assert found.reason == "detached" and "memory" in found.text and found.where
    model.alias = model.w.data.clone()
    (found,) = explain(model)
    assert found.reason == "unused"


def test_what_cannot_be_seen_is_unknown_and_never_guessed():
    found = only(lambda net, x: x * struct.unpack("3f", bytes(net.w.untyped_storage()))[0])
    assert found.reason == "unknown"
    assert found.checked and "not seen" in found.text


def test_several_ways_out_of_torch_are_all_named():
    def way(net, x):
        scale = net.w.sum().item()
        print(net.w.norm().item())
        return x * scale

    found = only(way)
    assert found.reason == "left torch" and "which of them counts is not known" in found.text


def test_a_module_that_is_not_called_is_named():
    class Aside(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc, self.aux = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x):
            return self.fc(x)

    found = explain(Aside())
    assert [each.name for each in found] == ["aux.weight", "aux.bias"]
    assert all("'aux' was not called" in each.text for each in found)


@pytest.mark.parametrize(
    ("make", "attribute", "names"),
    [
        (lambda m: [m], "layers", ["layers[0].weight", "layers[0].bias"]),
        (lambda m: {"a": m}, "layers", ["layers['a'].weight", "layers['a'].bias"]),
        (lambda m: ([m.weight],), "layers", ["layers[0][0]"]),
    ],
)
def test_what_stands_in_a_list_is_found_with_its_attribute(make, attribute, names):
    layer = nn.Linear(3, 3)
    model = Net(lambda net, x: x * net.w @ layer.weight + layer.bias, layers=make(layer))
    found = explain(model)
    assert [each.name for each in found] == names
    for each in found:
        assert each.reason == "unregistered" and each.has_grad
        assert repr(attribute) in each.text


def test_what_stands_in_a_module_list_is_no_finding():
    layers = nn.ModuleList([nn.Linear(3, 3)])
    model = Net(lambda net, x: net.layers[0](x * net.w), layers=layers)
    model.same = [layers[0]]  # known by its other place
    model.numbers = [torch.ones(3)]  # asks for no gradient
    assert explain(model) == []


def test_no_optimizer_is_a_matter_of_moving():
    model = Net(lambda net, x: x * net.w)
    one = torch.optim.SGD([model.v], lr=0.1)
    (found,) = explain(model, optimizer=one)
    assert (found.name, found.reason, found.has_grad) == ("w", "no optimizer", True)
    two = torch.optim.Adam([model.w])
    (found,) = explain(model, optimizer=one, others=[two])
    assert found.reason == "other optimizer" and "Adam" in found.text
    both = torch.optim.SGD(model.parameters(), lr=0.1)
    assert explain(model, optimizer=both) == []


def test_inputs_are_asked_for_as_well():
    model = Net(lambda net, x: x * net.w)
    x = torch.ones(4, 3)
    whole = torch.ones(2, dtype=torch.int64)
    found = explain_missing(model, lambda: model(x).sum(), inputs={"x": x, "index": whole})
    assert [(each.name, each.kind, each.reason) for each in found] == [
        ("x", "input", "frozen"),
        ("index", "input", "not differentiable"),
    ]


def test_the_bundled_config_shows_each_reason_once(bundled):
    reasons = {each.name.split(".")[0]: each.reason for each in bundled("why_none").missing}
    assert reasons == {
        "frozen": "frozen",
        "forgotten": "unused",
        "detached": "detached",
        "through_data": "data",
        "without_grad": "no_grad",
        "as_number": "left torch",
        "rounded": "not differentiable",
        "unused": "unused",
        "in_list[0]": "unregistered",
        "input": "frozen",
    }
