"""Code of the user's runs when it would without us, gets what it would, and raises as it would."""

from __future__ import annotations

import ctypes
import functools
import gc
import random
import signal
import sys
import threading
import warnings
from collections.abc import Mapping

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import get_gradient_edge
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn import functional
from torch.nn.modules import module as torch_module
from torch.optim import optimizer as optimizer_module
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, Dataset, Sampler, TensorDataset

import backtrace
from backtrace import announce
from backtrace.explain.graph import module_tree
from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import StepTaken, Unseen
from backtrace.ledger.facts import BackwardFailed, OptimizerSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.recording.hooks import function_swap
from backtrace.recording.hooks.error_boundary import ErrorBoundary


def net():
    torch.manual_seed(0)
    random.seed(0)
    return nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))


def loss_of(model):
    return model(torch.randn(4, 8)).pow(2).mean()


def bits(model):
    """Return everything that tracing may have changed: parameters and random numbers."""
    state = [tensor.clone() for tensor in model.state_dict().values()]
    return [each.tolist() for each in (*state, torch.get_rng_state())], random.getstate()


def hold(train, **options):
    """Train bare and recorded; both must come to the same. Returns the trace."""
    bare = net()
    train(bare)
    expected, model = bits(bare), net()
    with backtrace.record(**options) as trace:
        train(model)
    assert bits(model) == expected
    return trace


# -- exceptions of the user's --------------------------------------------------------------


class Preempted(Exception):
    pass


@pytest.fixture
def alarm():
    """Have SIGALRM raise an ordinary exception, as preemption and time limits do."""

    def preempt(number, frame):
        raise Preempted

    before = signal.signal(signal.SIGALRM, preempt)
    gc.disable()  # hypothesis is called back by each collection, and Python drops what that raises
    yield
    gc.enable()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_what_a_signal_handler_raises_reaches_the_script(alarm):
    model = nn.Sequential(*[nn.Linear(8, 8) for _ in range(20)])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    caught = 0
    with backtrace.record(model, optimizer):
        loss_of(model).backward()  # what is imported at a first call may catch what it likes
        optimizer.step()
        optimizer.zero_grad()
        for after in range(25):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.003 + 0.001 * after)
                while signal.getitimer(signal.ITIMER_REAL)[0]:
                    optimizer.zero_grad()
                    loss_of(model).backward()
                    optimizer.step()
            except Preempted:
                caught += 1
                # Once in a thousand times torch's own `finally` is cut short, also without us.
                torch.set_grad_enabled(True)
    assert caught == 25


def test_it_is_told_from_a_mistake_of_ours(alarm):
    with pytest.raises(RuntimeError) as ours:
        torch.zeros(2).view(3)
    assert not comes_from_user(ours.value)
    with pytest.raises(Preempted) as theirs:
        signal.raise_signal(signal.SIGALRM)
    assert comes_from_user(theirs.value)


def leave_then_preempt(*arguments):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    raise TimeoutError


@pytest.mark.parametrize("handler", [leave_then_preempt, functools.partial(leave_then_preempt, 1)])
def test_also_where_the_handler_is_no_longer_installed(alarm, handler):
    signal.signal(signal.SIGALRM, handler)
    with pytest.raises(TimeoutError) as theirs:
        signal.raise_signal(signal.SIGALRM)
    assert comes_from_user(theirs.value)


def test_what_another_thread_raises_in_this_one_is_the_scripts(monkeypatch):
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    here, raised = ctypes.c_ulong(threading.get_ident()), ctypes.py_object(Preempted)
    said = []
    boundary = ErrorBoundary(lambda what, why: said.append(why))
    boundary.open()
    with pytest.raises(Preempted):
        boundary.notify("a call", functools.partial(raise_in, here, raised))
    with pytest.raises(Preempted):  # also while a library that we call is at work
        boundary.notify("a call", threading.Thread(target=raise_in, args=(here, raised)).run)
    monkeypatch.setattr(Preempted, "__module__", "numpy.exceptions")  # raised by C, for us
    boundary.notify("a call", functools.partial(raise_in, here, raised))
    boundary.close()
    assert said == ["Preempted while it was recorded"]


def test_a_handler_that_raises_while_recording_begins_leaves_nothing_behind(alarm):
    """At each line of what changes torch, as a signal may arrive at any."""
    files = ("global_hooks.py", "function_swap.py", "instrument.py", "recorder.py")
    struck, is_struck = set(), False

    def trace(frame, event, argument):
        nonlocal is_struck
        line = frame.f_code.co_filename, frame.f_lineno
        if is_struck or not line[0].endswith(files):
            return None
        if event == "line" and line not in struck:
            struck.add(line)
            is_struck = True
            signal.raise_signal(signal.SIGALRM)
        return trace

    recording = backtrace.record()
    with recording:  # what is imported is there
        pass
    before, swapped = len(warnings.filters), set(function_swap._originals)
    while not struck or is_struck:
        is_struck = False
        sys.settrace(trace)
        try:
            recording.__enter__()
        except Preempted:
            sys.settrace(None)
        else:
            sys.settrace(None)
            recording.__exit__(None, None, None)
        assert not announce.listeners and set(function_swap._originals) == swapped
        assert not optimizer_module._global_optimizer_pre_hooks
        assert not optimizer_module._global_optimizer_post_hooks
        assert not any(v for k, v in vars(torch_module).items() if k.startswith("_global_f"))
        assert len(warnings.filters) == before
    assert len(struck) > 40


# -- code that draws random numbers whenever it is called --------------------------------------


def drawn(value):
    random.random()
    torch.rand(1)
    return value


class DrawingSampler(Sampler):
    def __init__(self):
        pass

    def __len__(self):
        return drawn(4)

    def __iter__(self):
        return iter(torch.randperm(16)[:4].tolist())


class DrawingData(Dataset):
    def __len__(self):
        return drawn(16)

    def __getitem__(self, at):
        return torch.full((8,), float(at)) + torch.rand(8)


class DrawingBatch(Mapping):
    """A batch that is augmented when it is looked at."""

    def __init__(self, rows):
        self.rows = torch.stack(rows)

    def __getitem__(self, key):
        return drawn(self.rows) + torch.rand(self.rows.shape)

    def __iter__(self):
        return iter(drawn(["x"]))

    def __len__(self):
        return drawn(1)

    def __eq__(self, other):
        return drawn(self is other)

    def __bool__(self):
        return drawn(True)

    def __hash__(self):
        return drawn(1)


class DrawingModel(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def __len__(self):
        return drawn(1)

    def __bool__(self):
        return drawn(True)

    def __eq__(self, other):
        return drawn(self is other)

    def __hash__(self):
        return object.__hash__(self)

    def forward(self, batch):
        return self.inner(batch["x"])


def test_nothing_of_the_users_is_called_besides():
    def train(inner):
        model = DrawingModel(inner)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(2):
            loader = DataLoader(
                DrawingData(), batch_size=2, sampler=DrawingSampler(), collate_fn=DrawingBatch
            )
            for batch in loader:
                optimizer.zero_grad()
                model(batch).pow(2).mean().backward()
                optimizer.step()

    assert len([e for e in hold(train).events if isinstance(e, StepTaken)]) == 4


class DrawingDict(dict):
    def values(self):
        return drawn(super().values())

    def __iter__(self):
        return drawn(super().__iter__())


class DrawingList(list):
    def __iter__(self):
        return drawn(super().__iter__())


class DrawingFields:
    """Looked for in vain, and asked for its class."""

    def __getattr__(self, name):
        raise AttributeError(drawn(name))

    @property
    def __class__(self):
        return drawn(type(self))


class Carrying(nn.Module):
    """Takes and gives containers of the user's."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(8, 1)

    def forward(self, batch, _):
        found = self.inner(dict.__getitem__(batch, "x"))
        return DrawingDict(y=found), DrawingList([found]), DrawingFields()


def test_containers_that_models_take_and_give_are_not_opened_by_their_own_ways():
    def train(inner):
        model = Carrying()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(2):
            given, _, _ = model(DrawingDict(x=torch.rand(2, 8)), DrawingFields())
            optimizer.zero_grad()
            dict.__getitem__(given, "y").pow(2).mean().backward()
            optimizer.step()

    assert len([e for e in hold(train).events if isinstance(e, StepTaken)]) == 2


class Drawing:
    """Compared and hashed by drawing numbers."""

    def __eq__(self, other):
        return drawn(self is other)

    def __hash__(self):
        return drawn(1)


class DrawingSGD(Drawing, torch.optim.SGD):
    pass


class DrawingSchedule(Drawing, torch.optim.lr_scheduler.StepLR):
    pass


class DrawingLoader(Drawing, DataLoader):
    pass


class DrawingLSTM(Drawing, nn.LSTM):
    __hash__ = object.__hash__  # torch itself goes through modules by their hashes


def test_nor_compared_or_hashed():
    def train(inner):
        lstm = DrawingLSTM(2, 8, batch_first=True)
        optimizer = DrawingSGD([*lstm.parameters(), *inner.parameters()], lr=0.01)
        schedule = DrawingSchedule(optimizer, 1)
        for (x,) in DrawingLoader(TensorDataset(torch.randn(4, 3, 2)), batch_size=2):
            optimizer.zero_grad()
            inner(lstm(x)[0]).pow(2).mean().backward()
            optimizer.step()
            schedule.step()

    assert len([e for e in hold(train).events if isinstance(e, StepTaken)]) == 2


class HoldingSGD(torch.optim.SGD):
    """Its groups are made up at each look, and what it lacks is looked for."""

    @property
    def param_groups(self):
        return drawn(self.__dict__["held"])

    @param_groups.setter
    def param_groups(self, groups):
        self.__dict__["held"] = groups

    def __getattr__(self, name):
        raise AttributeError(drawn(name))


class Drawing(nn.Module):
    """A model that draws whenever it is asked for what it has not, which is often torch's doing."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def __getattr__(self, name):
        random.random()
        return super().__getattr__(name)

    def forward(self, inputs):
        return self.inner(inputs)


def test_nor_are_models_asked_for_what_they_have_not():
    def train(model):
        outer = Drawing(model)
        optimizer = torch.optim.SGD(outer.parameters(), lr=0.01)
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(outer).backward()
            optimizer.step()

    hold(train)


class DrawingParts(Drawing):
    """Tells of its parts in ways of its own, and holds what computes when it is opened."""

    def __init__(self, inner):
        super().__init__(inner)
        self.cache = {DrawingKey("k"): DrawingFields(), "rest": [DrawingBatch([torch.ones(1)])]}
        self.batch = DrawingBatch([torch.ones(1)])

    def modules(self):
        return drawn(super().modules())

    def children(self):
        return drawn(super().children())

    def named_modules(self, *args, **kwargs):
        return drawn(super().named_modules(*args, **kwargs))

    def parameters(self, *args, **kwargs):
        return drawn(super().parameters(*args, **kwargs))

    def named_parameters(self, *args, **kwargs):
        return drawn(super().named_parameters(*args, **kwargs))

    def named_buffers(self, *args, **kwargs):
        return drawn(super().named_buffers(*args, **kwargs))


class DrawingKey(str):
    def __hash__(self):
        return drawn(str.__hash__(self))

    def __repr__(self):
        return drawn(str.__repr__(self))


class DrawingRate(float):
    def __bool__(self):
        return drawn(True)

    def __float__(self):
        return drawn(float.__float__(self))


@pytest.mark.parametrize("options", [{}, {"receipt": True, "graph": True, "activations": True}])
def test_nor_for_their_parts_and_options(options):
    def train(inner):
        model = DrawingParts(inner)
        group = {"params": list(inner.parameters()), "lr": DrawingRate(0.01)}
        group |= {DrawingKey("tag"): DrawingFields(), "momentum": DrawingRate(0.5)}
        optimizer = torch.optim.SGD([group])
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    (seen,) = [e for e in hold(train, **options).events if isinstance(e, OptimizerSeen)]
    assert seen.groups[0].options["momentum"] == 0.5 and "tag" not in seen.groups[0].options


def test_the_parts_that_are_read_are_those_that_torch_tells():
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 3), nn.ModuleDict({"a": nn.GRU(3, 3)}))
    net.twice = net[1]
    net[1].bias = nn.Parameter(net[0].bias)
    net[2].tied = net[0].bias
    for each in (net, torch.jit.script(net[:2]), nn.LazyLinear(2)):
        for name in ("parameters", "modules", "children", "buffers", "named_parameters",
                     "named_modules", "named_buffers"):  # fmt: skip
            told = [*getattr(each, name)()]
            read = [*getattr(module_tree, name)(each)]
            assert str(read) == str(told) and len(read) == len(told)
            if name.startswith("named"):
                told = [*getattr(each, name)(remove_duplicate=False)]
                read = [*getattr(module_tree, name)(each, remove_duplicate=False)]
                assert [path for path, _ in read] == [path for path, _ in told]


def test_nor_asked_for_their_groups():
    def train(model):
        optimizer = HoldingSGD(model.parameters(), lr=0.01)
        for _ in range(2):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    steps = [event for event in hold(train).events if isinstance(event, StepTaken)]
    assert [len(event.values) for event in steps] == [4, 4]
    assert {event.lr for event in steps} == {(0.01,)}


class DrawingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return drawn(super().__torch_function__(func, types, args, kwargs or {}))


def test_nor_told_what_is_read_of_their_tensors():
    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(2):
            optimizer.zero_grad()
            output = model(torch.rand(4, 8).as_subclass(DrawingTensor))
            functional.mse_loss(output, torch.ones(4, 1)).backward()
            optimizer.step()

    assert len([e for e in hold(train).events if isinstance(e, StepTaken)]) == 2


# -- torch's functions, and classes of the user's, are what they were ---------------------------


def test_nor_what_is_asked_of_a_parameter_as_its_gradient_arrives():
    told = []

    class Telling(nn.Parameter):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            told.append((function.__name__, str(getattr(function, "__self__", ""))))
            with torch._C.DisableTorchFunctionSubclass():
                return function(*args, **(kwargs or {}))

    def train():
        model = net()
        model[0].weight = Telling(model[0].weight.detach())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    train()
    bare, told = told, []
    with backtrace.record():
        train()
    assert told == bare


def test_a_tensor_class_is_told_the_function_that_it_knows():
    handled = {functional.mse_loss: lambda x, y, **_: 10 * (x - y.as_subclass(torch.Tensor)).pow(2)}

    class Scaled(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func in handled:
                return handled[func](*args, **(kwargs or {})).mean()
            return super().__torch_function__(func, types, args, kwargs or {})

    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(3):
            optimizer.zero_grad()
            target = torch.randn(4, 1).as_subclass(Scaled)
            functional.mse_loss(model(torch.randn(4, 8)), target).backward()
            optimizer.step()

    hold(train)


class MaskedClear(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)

    def zero_grad(self, mask):
        if mask.any():
            self.inner.zero_grad()


class PartialClear(torch.optim.SGD):
    zero_grad = functools.partialmethod(torch.optim.SGD.zero_grad, set_to_none=False)


class Sealed(type(torch.optim.SGD)):
    def __setattr__(cls, name, value):
        raise AttributeError("sealed")


class SealedOptimizer(torch.optim.SGD, metaclass=Sealed):
    def zero_grad(self, set_to_none=True):
        super().zero_grad(set_to_none)


torch.optim.SGD([torch.zeros(1)])  # torch sets SGD.step itself when the first one is made


@pytest.mark.parametrize("kind", [PartialClear, SealedOptimizer])
def test_optimizers_that_cannot_be_wrapped_as_others(kind):
    def train(model):
        optimizer = kind(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    assert len([e for e in hold(train).events if isinstance(e, StepTaken)]) == 3


def test_zero_grad_with_another_signature():
    def train(inner):
        model = MaskedClear(inner)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            model.zero_grad(torch.tensor([True, False]))
            loss_of(model).backward()
            optimizer.step()

    hold(train)


def test_parameters_whose_contents_torch_exchanges():
    def train(model):
        torch.__future__.set_swap_module_params_on_conversion(True)
        try:
            model[2].double().float()  # before there is an optimizer, too
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for dtype in (torch.float64, torch.float32):
                model.to(dtype)
                optimizer.zero_grad()
                model(torch.randn(4, 8, dtype=dtype)).pow(2).mean().backward()
                optimizer.step()
        finally:
            torch.__future__.set_swap_module_params_on_conversion(False)

    steps = [event for event in hold(train).events if isinstance(event, StepTaken)]
    assert [len(event.values) for event in steps] == [4, 4]


class Unhashable(type):
    def __eq__(cls, other):
        return drawn(cls is other)

    __hash__ = None


def test_classes_that_do_not_want_to_be_keys():
    def train(inner):
        class Odd(nn.Module, metaclass=Unhashable):
            def __init__(self):
                super().__init__()
                self.inner = inner

            def forward(self, inputs):
                return self.inner(inputs)

        class OddSGD(torch.optim.SGD, metaclass=Unhashable):
            pass

        model = Odd()
        optimizer = OddSGD(model.parameters(), lr=0.01)
        for _ in range(2):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    trace = hold(train, receipt=True)
    assert len([event for event in trace.events if isinstance(event, StepTaken)]) == 2
    assert not [event for event in trace.events if isinstance(event, Unseen)]


def test_a_backward_from_an_edge_of_the_graph():
    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            edge = get_gradient_edge(loss_of(model))
            torch.autograd.backward(edge, grad_tensors=torch.ones(()))
            optimizer.step()

    hold(train)


def test_a_backward_without_arguments_says_what_torch_says():
    with backtrace.record(), pytest.raises(TypeError, match="tensors"):
        torch.autograd.backward()


# -- what writes operations down holds none of ours ---------------------------------------------


class Count(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen[str(func)] = self.seen.get(str(func), 0) + 1
        return func(*args, **(kwargs or {}))


def test_a_dispatch_mode_counts_what_it_would():
    counts = []

    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with Count() as count:
            for _ in range(3):
                optimizer.zero_grad()
                loss_of(model).backward()
                optimizer.step()
        counts.append(count.seen)

    hold(train)
    assert counts[0] == counts[1]


class CountingFunctions(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.called = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.called.append(func.__name__)
        return func(*args, **(kwargs or {}))


def test_so_does_a_mode_of_functions():
    def called():
        with CountingFunctions() as counting:
            model = net()
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            loss_of(model).backward()
            optimizer.step()
        return counting.called

    bare = called()
    with backtrace.record(receipt=True):
        assert called() == bare


def test_captured_graphs_hold_nothing_of_ours():
    model = net()

    def capture():
        x = torch.zeros(2, 8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(model, x, check_trace=False)
            functional_graph = make_fx(lambda v: model(v).pow(2).mean())(x)
        kinds = [node.kind() for node in traced.inlined_graph.nodes()]
        return kinds, [str(node.target) for node in functional_graph.graph.nodes]

    expected = capture()
    with backtrace.record(model) as trace:
        assert capture() == expected
    assert "what torch.jit.trace runs" in [e.what for e in trace.events if isinstance(e, Unseen)]


def test_strict_export_captures_what_it_would():
    model, x = net(), torch.ones(2, 8)
    bare = torch.export.export(model, (x,), strict=True)
    with backtrace.record(model) as trace:
        seen = torch.export.export(model, (x,), strict=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        loss_of(model).backward()
        optimizer.step()
    assert [n.target for n in seen.graph.nodes] == [n.target for n in bare.graph.nodes]
    assert "what torch.export runs" in [e.what for e in trace.events if isinstance(e, Unseen)]
    assert trace.updates[0].loss is not None


@pytest.mark.parametrize("mode", ["fake", "symbolic"])
def test_a_graph_of_fake_tensors_is_captured_as_bare(mode):
    model, x = net(), torch.zeros(2, 8)

    def capture_gradients():
        names, tensors = zip(*model.named_parameters(), strict=True)

        def gradients(v, *tensors):
            found = dict(zip(names, tensors, strict=True))
            loss = torch.func.functional_call(model, found, (v,)).pow(2).mean()
            return torch.autograd.grad(loss, tensors)

        graph = make_fx(gradients, tracing_mode=mode)(x, *tensors)
        return [str(node.target) for node in graph.graph.nodes]

    expected = capture_gradients()
    with backtrace.record(model) as trace:
        loss_of(model).backward()
        assert capture_gradients() == expected
    assert "what runs on fake tensors" in [e.what for e in trace.events if isinstance(e, Unseen)]


@pytest.mark.filterwarnings("error")  # a fake one that is asked for its memory warns
@pytest.mark.parametrize("options", [{}, {"graph": True, "activations": True}])
def test_fake_tensors_are_asked_for_no_number_outside_of_their_mode(options, tmp_path):
    shapes = ShapeEnv()
    with FakeTensorMode(shape_env=shapes):
        model, x, y = net(), torch.randn(4, 8), torch.randn(4, 1)
    file = {"file": tmp_path / "fake.trace"} if options else {}
    with backtrace.record(**options, **file) as trace:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            functional.mse_loss(model(x), y).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    assert not shapes.pending_fresh_unbacked_symbols
    assert not [e for e in trace.events if isinstance(e, Unseen)]
    assert len(trace.updates) == 2


def test_a_warning_that_was_shown_is_not_shown_again():
    def warn():
        warnings.warn("at this line", UserWarning, stacklevel=1)

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        warn()
        with backtrace.record():
            warn()
        warn()
    assert len(shown) == 1


def test_texts_and_errors_are_not_asked_what_they_say(tmp_path):
    told = []

    class Word(str):
        def __str__(self):
            told.append("word")
            return "mean"

    class Flag(int):
        def __bool__(self):
            told.append("flag")
            return True

    class Own(Exception):
        def __str__(self):
            told.append("error")
            return "own"

    def refuse(grad):
        raise Own

    def train():
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode=Word("min")).step(1.0)
        x, y = torch.randn(4, 8), torch.randn(4, 1)
        functional.mse_loss(model(x), y, reduction=Word("mean")).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=Flag(1))
        model[0].weight.register_hook(refuse)
        with pytest.raises(Own):
            loss_of(model).backward()

    train()
    bare, told = told, []
    with backtrace.record(capsule=tmp_path / "a.capsule") as trace:
        train()
    assert told == bare
    assert [e.error for e in trace.events if isinstance(e, BackwardFailed)] == ["Own"]
    assert [e.reduction for e in trace.events if isinstance(e, LossCalled)] == ["mean"]
