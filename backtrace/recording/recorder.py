"""The wiring of a recording: makes the sensors in order, installs them, and closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import Node
from torch.optim import Optimizer

from backtrace import announce
from backtrace.errors import UsageError
from backtrace.ledger.facts import StepsPassed
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.journal import Journal, Sink
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.pace import Pace
from backtrace.recording.sampling import Sampling
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.sensors.averages import AverageSensor
from backtrace.recording.sensors.backwards import BackwardSensor
from backtrace.recording.sensors.captures import CaptureSensor
from backtrace.recording.sensors.default_axes import DefaultAxisSensor
from backtrace.recording.sensors.derivatives import DerivativeSensor
from backtrace.recording.sensors.distributions import DistributionSensor
from backtrace.recording.sensors.dropouts import DropoutSensor
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.first_inputs import FirstInputSensor
from backtrace.recording.sensors.forwards import ForwardSensor, ToldOfCalls
from backtrace.recording.sensors.graphs import GraphSensor
from backtrace.recording.sensors.initialisers import InitialiserSensor
from backtrace.recording.sensors.input_scales import InputScaleSensor
from backtrace.recording.sensors.layer_calls import LayerCallSensor
from backtrace.recording.sensors.loaders import LoaderSensor
from backtrace.recording.sensors.loss_functions import LossFunctionSensor
from backtrace.recording.sensors.loss_mixes import LossMixSensor
from backtrace.recording.sensors.manual_steps import ManualStepSensor
from backtrace.recording.sensors.models import ModelSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.sensors.optimizers import OptimizerSensor
from backtrace.recording.sensors.outputs import OutputSensor
from backtrace.recording.sensors.parameters import ParameterSensor
from backtrace.recording.sensors.passed_steps import PassedSteps
from backtrace.recording.sensors.proxies import ProxySensor
from backtrace.recording.sensors.reductions import ReductionSensor
from backtrace.recording.sensors.rescales import RescaleSensor
from backtrace.recording.sensors.schedulers import SchedulerSensor
from backtrace.recording.sensors.states import StateSensor
from backtrace.recording.sensors.steps import StepSensor
from backtrace.recording.sensors.swaps import SwapSensor
from backtrace.recording.sensors.triplets import TripletSensor
from backtrace.recording.sensors.zero_grads import ZeroGradSensor
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.inspection import Inspector
from backtrace.recording.tensors.tracked import Register

if TYPE_CHECKING:
    from backtrace.recording.sensors.receipts import ReceiptWriter


class Recorder:
    """A context: inside it torch's calls are recorded, and events go to `sink`.

    It listens to what is announced, too; see `backtrace.announce`. `register` and `journal` are
    for whoever changes the loop while it is recorded. `note_error` is told what ends a script.

    Args:
        kernel: what reads the tensors.
        values: the largest number of elements of which every single one of a receipt is kept.
        by_term: whether each loss term's own gradient is taken, one extra backward a term.
        receipt: whether the arithmetic of each step is done again, on copies of all it reads.
        activations: whether what each module returns is read.
        graph: whether each graph is drawn that is not like one before.
        pace: how many updates go by for each that is read; see `Sampling`.
        of_command: whether the program that is recorded may record, too.
        late: whether events may be handed on when their numbers have come from the device, some
            calls later, so that the program never waits for them.
    """

    def __init__(
        self,
        sink: Sink,
        kernel: Kernel,
        *,
        values: int = 16,
        by_term: bool = False,
        receipt: bool = False,
        activations: bool = False,
        graph: bool = False,
        pace: Pace | None = None,
        of_command: bool = False,
        late: bool = False,
    ) -> None:
        accounts = _make_accounts(sink, kernel, late)
        self.journal, self.register = journal, register = accounts.journal, accounts.register
        self.instrument = on = Instrument(journal.report_failure, register.forget_all_of)
        self.of_command, filled = of_command, InitialiserSensor(on, accounts)
        self._mixes = mixes = LossMixSensor(accounts, by_term=by_term)  # what patches nothing
        self._manual_steps = manual = ManualStepSensor(accounts)
        self._discovery = discovery = Discovery(register, manual.take_over)
        reduced = ReductionSensor(on, accounts, arrivals := ArrivalSensor(on, accounts, mixes))
        self._open_steps = steps = OpenSteps(accounts, _make_receipts(values) if receipt else None)
        models, optimizers = ModelSensor(on, accounts), OptimizerSensor(on, accounts, discovery)
        self._parameters = seen = ParameterSensor(accounts, arrivals, models, optimizers, filled)
        self._edits = edits = EditSensor(accounts, arrivals, seen, steps, manual, reduced, filled)
        self._passed = passed = PassedSteps(on, accounts, Sampling(pace or Pace()), seen, manual)
        ids = (told := _make_told(on, accounts, models, edits, activations)).layers.ids
        self._graphs = graphs = GraphSensor(on, accounts, seen, told.outputs, ids, draws=graph)
        self._proxies = proxies = ProxySensor(on, accounts)
        self._rescales = rescales = RescaleSensor(on, accounts, edits, steps)
        self._sensors = (
            StepSensor(on, accounts, discovery, edits, steps, passed, proxies),
            BackwardSensor(on, discovery, edits, graphs, arrivals, manual, steps, reduced),
            ZeroGradSensor(on, accounts, discovery, edits, mixes, proxies),
            *(proxies, optimizers, rescales, models, CaptureSensor(on, journal)),
            ForwardSensor(on, accounts, discovery, seen, models, graphs, reduced, told),
            LossFunctionSensor(on, accounts, graphs, ids, told.outputs),
            *(*_make_small(on, accounts, graphs, passed), reduced, graphs, filled, *told[:3]),
        )

    def is_packed(self, node: Node) -> bool:
        """Whether the tensors that a node of the graph has saved are packed by hooks."""
        return self._graphs.is_packed(node)

    def note_error(self, error: BaseException) -> None:
        """Be told what ends a script; whoever keeps what led there takes this place."""

    def __enter__(self) -> Recorder:
        try:
            self.instrument.open()
            for sensor in self._sensors:
                sensor.install()
            return self
        except BaseException:
            self.instrument.close()
            raise

    def __exit__(self, *exception: object) -> None:
        try:
            self.instrument.boundary.notify("the end", self._look_once_more)
            self.journal.catch_up()
        finally:  # what ends a run passes through here too
            self.instrument.close()

    def watch(self, *things: Any, **named: Any) -> None:
        """Take in models, optimizers and tensors; see `backtrace.watch`."""
        self._discovery.register_all(things, named)
        self._parameters.announce()

    def note_loss(self, total: Any, terms: dict[str, Any]) -> None:
        """Take in a loss mix; see `backtrace.note_loss`."""
        self.instrument.boundary.notify("note_loss", self._mixes.note_loss, total, terms)

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Record nothing that is done inside the block, which stands in the middle of a call."""
        boundary = self.instrument.boundary
        before = boundary.is_active, boundary.is_reading
        boundary.is_active = boundary.is_reading = False
        try:
            with torch.enable_grad():
                yield
        finally:
            boundary.is_active, boundary.is_reading = before

    def leave_out(self, target: object, call: str) -> None:
        """An experiment leaves out a `zero_grad` or `step`: it is in the books as what it is."""
        self._proxies.calls += 1
        if call == "step" and isinstance(target, Optimizer):
            self._open_steps.leave_out(target)

    def pass_by(self, steps: Mapping[str, int]) -> None:
        """An experiment has put the loop where so many steps would have brought it.

        They are in the books as steps that were passed by, and all is read as it is now.
        """
        for optimizer, count in steps.items():
            self.journal.write(StepsPassed, optimizer=optimizer, count=count)
        self._passed.read_anew()

    def rescale(self, call: str, rescale: Callable[[], None]) -> None:
        """An experiment changes gradients: it is in the books under the name of `call`."""
        self._rescales.record(call, rescale)

    def _look_once_more(self) -> None:
        """Enter what changed after the last call."""
        if self._passed.is_paused:
            self._passed.write()
        elif not self._manual_steps.look():  # its lines may clear `.grad` too: no update opens
            self._edits.look(("grad", "value"))


def find_recorder() -> Recorder:
    """Return who records at the moment.

    Raises:
        UsageError: nobody does.
    """
    for listener in reversed(announce.listeners):
        if isinstance(listener, Recorder):
            return listener
    raise UsageError("nothing is recorded: there is nothing to steer")


def _make_accounts(sink: Sink, kernel: Kernel, late: bool) -> TensorAccounts:
    register = Register()
    inspector, journal = Inspector(register, kernel, late), Journal(sink, kernel, late)
    return TensorAccounts(register, inspector, kernel, journal)


def _make_small(
    on: Instrument, accounts: TensorAccounts, graphs: GraphSensor, passed: PassedSteps
) -> tuple[
    LoaderSensor,
    DerivativeSensor,
    DistributionSensor,
    SchedulerSensor,
    SwapSensor,
    TripletSensor,
    AverageSensor,
    DefaultAxisSensor,
]:
    """Make the sensors that no other one knows of."""
    loaders, derivatives = LoaderSensor(on, accounts, passed), DerivativeSensor(on, accounts)
    schedulers, swaps = SchedulerSensor(on, accounts), SwapSensor(on, accounts.register)
    triplets, averages = TripletSensor(on, accounts, graphs), AverageSensor(on, accounts)
    drawn, axes = DistributionSensor(on, graphs.draws), DefaultAxisSensor(on, accounts)
    return loaders, derivatives, drawn, schedulers, swaps, triplets, averages, axes


def _make_told(
    on: Instrument, accounts: TensorAccounts, models: ModelSensor, edits: EditSensor, of_all: bool
) -> ToldOfCalls:
    states, outputs = StateSensor(on, accounts, edits), OutputSensor(accounts, of_all=of_all)
    layers = LayerCallSensor(on, accounts, models.modes, outputs)
    dropouts = DropoutSensor(on, accounts, layers.shares)
    inputs, scales = FirstInputSensor(accounts), InputScaleSensor(accounts)
    return ToldOfCalls(layers, dropouts, states, outputs, inputs, scales)


def _make_receipts(values: int) -> ReceiptWriter:
    """Load the arithmetic of all optimizers, which only receipts need."""
    from backtrace.recording.sensors.receipts import ReceiptWriter

    return ReceiptWriter(values)
