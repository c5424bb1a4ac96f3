"""A function whose code is another is still the same object, in every way that users can tell."""

from __future__ import annotations

import importlib
import inspect
import pickle
import sys
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import clip_grad

import backtrace
from backtrace.recording.hooks.function_swap import _compile, swap


@pytest.fixture
def swapped():
    """Swap functions for the length of a test; gives what was called, by name."""
    called: list[str] = []
    undo = []

    def around(original, *args, **kwargs):
        called.append(original.__name__)
        return original(*args, **kwargs)

    def put(*functions):
        undo.extend(swap(function, around) for function in functions)
        return called

    yield put
    for each in undo:
        each()


def plain(a, b=2, /, c=3, *rest, d, e=5, **more):
    return a, b, c, rest, d, e, more


def only_named(*, a=1, b):
    return a, b


FUNCTIONS = [
    functional.mse_loss,
    functional.kl_div,
    torch.autograd.backward,
    clip_grad.clip_grad_norm_,
    torch.optim.Optimizer.zero_grad,
    torch.amp.GradScaler.scale,
    plain,
    only_named,
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__qualname__)
def test_nothing_of_it_is_another(function, swapped):
    def facts():
        return (
            inspect.signature(function),
            inspect.getsource(function),
            function.__defaults__,
            function.__kwdefaults__,
            function.__qualname__,
            function.__closure__,
            dict(vars(function)),
        )

    before, code = facts(), function.__code__
    swapped(function)
    assert facts() == before and function.__code__ is not code


def test_arguments_arrive_as_they_would(swapped):
    called = swapped(plain, only_named)
    assert plain(1, d=4) == (1, 2, 3, (), 4, 5, {})
    assert plain(1, 9, 8, 7, 6, d=4, f=1) == (1, 9, 8, (7, 6), 4, 5, {"f": 1})
    assert only_named(b=2) == (1, 2)
    assert called == ["plain", "plain", "only_named"]
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'd'"):
        plain(1)


def test_functions_of_one_signature_are_compiled_once_and_kept_apart():
    def one(value, *, rate=1):
        return "one", value, rate

    def other(value, *, rate=2):
        return "other", value, rate

    undo = [swap(one, lambda original, *a, **k: ("swapped", original(*a, **k)))]
    compiled = _compile.cache_info().misses
    undo.append(swap(other, lambda original, *a, **k: ("too", original(*a, **k))))
    assert _compile.cache_info().misses == compiled
    assert one(0) == ("swapped", ("one", 0, 1)) and other(0) == ("too", ("other", 0, 2))
    undo[0]()
    assert one(0) == ("one", 0, 1) and other(0) == ("too", ("other", 0, 2))
    undo[1]()


def test_closures_and_super_work(swapped):
    class Base:
        def clear(self, how):
            return f"base {how}"

    kept = []

    class Derived(Base):
        def clear(self, how):
            kept.append(how)
            return super().clear(how)

    called = swapped(Derived.clear)
    assert Derived().clear("now") == "base now"
    assert kept == ["now"] and called == ["clear"]


def test_the_code_comes_back():
    code = plain.__code__
    restore = swap(plain, lambda original, *args, **kwargs: "other")
    assert plain(1, d=1) == "other"
    restore()
    assert plain.__code__ is code


def test_what_somebody_else_has_put_there_since_stays():
    code = only_named.__code__
    first = swap(only_named, lambda original, **kw: ("first", original(**kw)))
    second = swap(only_named, lambda original, **kw: ("second", original(**kw)))
    first()  # in the wrong order: what is on top must still work
    assert only_named(b=2) == ("second", ("first", (1, 2)))
    second()
    only_named.__code__ = code


def test_generators_are_refused():
    def numbers():
        yield 1

    with pytest.raises(ValueError, match="generator"):
        swap(numbers, lambda original: None)


def test_who_keys_on_the_function_still_finds_it(swapped):
    swapped(functional.mse_loss)
    assert pickle.loads(pickle.dumps(functional.mse_loss)) is functional.mse_loss
    graph = torch.fx.symbolic_trace(nn.MSELoss()).graph
    assert functional.mse_loss in [node.target for node in graph.nodes]
    seen = []

    class Told(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    functional.mse_loss(torch.zeros(1).as_subclass(Told), torch.zeros(1))
    assert functional.mse_loss in seen


def test_a_warning_is_said_of_the_callers_line(swapped):
    swapped(functional.mse_loss)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        functional.mse_loss(torch.zeros(2, 1), torch.zeros(2))
    # The replacement here is a test's, and not passed over; torch's own file is.
    assert [each.filename for each in caught] == [__file__]


def test_it_can_be_scripted_and_exported(swapped):
    swapped(functional.mse_loss)

    class Loss(nn.Module):
        def forward(self, x, y):
            return functional.mse_loss(x, y)

    pair = torch.ones(2, 1), torch.zeros(2, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert torch.jit.script(Loss())(*pair) == 1


def test_a_program_that_puts_sys_modules_back_meets_the_modules_that_there_were():
    finders = [*sys.meta_path]
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    with backtrace.record(optimizer) as trace:
        names = [name for name in sys.modules if name.split(".")[0] == "backtrace"]
        ours = {name: sys.modules.pop(name) for name in names}
        try:
            weight.sum().backward()
            optimizer.step()
            optimizer.zero_grad()
            again = importlib.import_module("backtrace.recording.hooks.function_swap")
            assert again is ours["backtrace.recording.hooks.function_swap"]
            assert again.__spec__.origin == again.__file__
        finally:
            sys.modules.update(ours)
    assert weight.tolist() == pytest.approx([0.9, 0.9])
    assert len(trace.updates) >= 1
    assert sys.meta_path == finders
