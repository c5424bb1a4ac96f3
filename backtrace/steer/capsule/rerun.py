"""Takes a loop to a kept update, has it run again, and says whether it came to the same bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.errors import TraceFileError
from backtrace.interrupts import LimitReached
from backtrace.ledger.events import Event, StepSkipped, StepTaken
from backtrace.ledger.experiment_facts import ExperimentEnded
from backtrace.recording.capsule.ends import name_ends
from backtrace.recording.capsule.parts import LoopParts
from backtrace.recording.capsule.trees import NotAlike, fill
from backtrace.recording.capsule.watch import LoopWatch
from backtrace.recording.kernels.blobs import from_blob
from backtrace.recording.recorder import Recorder
from backtrace.steer.capsule.randomness import put_randomness
from backtrace.steer.capsule.request import RerunRequest, find_kept
from backtrace.steer.capsule.state import StatePutIn, is_same
from backtrace.tracefile.capsule_facts import NOT_FINITE, CallKind, KeptCall, KeptUpdate
from backtrace.tracefile.capsule_file import CapsuleFile

Args = tuple[object, ...]


class Rerun:
    """Is told of the recorder's events (`watching`) and of the loop's calls (`keep`).

    Raises:
        TraceFileError, UsageError: there is no such capsule, or no such update in it.
    """

    def __init__(self, request: RerunRequest) -> None:
        self._request = request
        self._result = request.result
        self._file = CapsuleFile(request.path)
        updates = self._file.facts.updates
        self._kept = list(updates[find_kept(self._file.facts, request.update, request.path) :])
        self._begin = self._kept[0].place if request.from_start else self._kept[0].begin
        self._counts: Counter[str] = Counter()  # steps of each optimizer
        self._steps: list[str] = []  # in the update that goes on
        self._calls: Counter[CallKind] = Counter()
        self._at = -1  # which of the kept updates goes on
        self._ended = 0
        self._is_due = False
        self._changed: list[tuple[Tensor, Tensor]] = []
        self._state: StatePutIn | None = None
        self._parts: LoopParts
        self._recorder: Recorder

    @contextmanager
    def keep(self, recorder: Recorder) -> Iterator[None]:
        """Put things into the loop inside the block."""
        self._recorder, self._parts = recorder, LoopParts(recorder.register)
        recorder.note_error = self._result.note_error  # type: ignore[method-assign]
        watch = LoopWatch(self, self._fail)
        watch.open()
        try:
            yield
        except BaseException as error:
            self._result.note_error(error)
            raise
        finally:
            watch.close()
            self._file.close()
            self._tell_of_end()

    def _tell_of_end(self) -> None:
        """Enter into the trace what came of it."""
        result = self._result
        said = "the program called no module before it ended"
        if result.has_begun:
            said = f"update {self._kept[0].number} was put in"
        self._recorder.journal.write(
            ExperimentEnded, where="", experiment="capsule", times=int(result.has_begun),
            said=said, failed="; ".join(result.problems),
        )  # fmt: skip

    def watching(self, sink: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what hands each event to `sink`, and ends the run when it has gone far enough."""

        def take(event: Event) -> None:
            sink(event)
            if isinstance(event, StepTaken | StepSkipped):
                self._guard("the end", self._count, event)
                if self._is_due:
                    self._is_due = False
                    raise LimitReached("backtrace: the kept update has been run")

        return take

    # -- what the loop does -----------------------------------------------------------------

    def batch_drawn(self, batch: object) -> object:
        """Give the kept batch instead."""
        self._begin_update()
        kept = self._next_call("batch", type(batch).__qualname__)
        return batch if kept is None else self._put_call(kept, batch, self._replace)

    def call_began(self, module: nn.Module, args: Args, kwargs: dict[str, object]) -> Args:
        """Put in the state before the first call, and the inputs before each."""
        number = self._parts.modules.meet(module)
        self._begin_update()
        self._put_state()
        if self._at == 0 and self._state is not None:
            self._state.put_module(number, module)
        kept = self._next_call("forward", type(module).__qualname__)
        return args if kept is None else self._put_call_args(kept, args, kwargs)

    def evaluated(self) -> None:
        """The batches so far were for an evaluation."""
        if self._state is None:
            self._calls.clear()

    def loss_began(self, name: str, args: Args, kwargs: dict[str, object]) -> Args:
        """Put in what is given to a loss function."""
        kept = self._next_call("loss", name)
        return args if kept is None else self._put_call_args(kept, args, kwargs)

    def step_began(self, optimizer: Optimizer) -> None:
        """Begin an update where a closure does the rest of it; see to a late optimizer."""
        if self._recorder.register.name_of(optimizer) in self._steps or self._at < 0:
            self._begin_update()
            self._put_state()
        if self._at == 0 and self._state is not None:
            self._state.put_optimizers()

    def scheduler_began(self, scheduler: object) -> None:
        """A scheduler that was made before recording began is met here."""
        number = self._parts.schedulers.meet(scheduler)
        if self._state is not None:
            self._state.put_scheduler(number, scheduler)

    def scaler_began(self, scaler: object) -> None:
        """A scaler is met when it scales a loss."""
        number = self._parts.scalers.meet(scaler)
        if self._at == 0 and self._state is not None:
            self._state.put_scaler(number, scaler)

    # -- what is put in ---------------------------------------------------------------------

    def _begin_update(self) -> None:
        """An update begins where one has ended before, as it did for the flight recorder."""
        is_new = bool(self._steps) or self._at < 0
        is_there = self._at >= 0 or self._counts.total() == self._begin
        if is_new and is_there:
            self._at += 1
            self._calls.clear()
        self._steps.clear()

    @property
    def _update(self) -> KeptUpdate | None:
        return self._kept[self._at] if 0 <= self._at < len(self._kept) else None

    def _put_state(self) -> None:
        update = self._update
        if update is None or self._state is not None:
            return
        self._result.has_begun = True
        self._state = StatePutIn(update.state, self._tensor_of, self._parts, self._result)
        self._guard("the state", self._state.put_all)
        passed = {
            each.name: each.steps - self._counts[each.name] for each in update.state.optimizers
        }
        self._recorder.pass_by({name: count for name, count in passed.items() if count > 0})

    def _next_call(self, kind: CallKind, name: str) -> KeptCall | None:
        """Return what was kept of the next call of a kind; say where there was none, or another."""
        update = self._update
        if update is None:
            return None
        number = self._calls[kind]
        self._calls[kind] += 1
        kept = [each for each in update.calls if each.kind == kind]
        if number >= len(kept) or kept[number].name != name:
            was = kept[number].name if number < len(kept) else "none"
            self._fail(f"{kind} {number + 1}", f"{name}, where {was} was kept")
            return None
        return kept[number]

    def _put_call_args(self, kept: KeptCall, args: Args, kwargs: dict[str, object]) -> Args:
        made = self._put_call(kept, (args, kwargs), self._overwrite)
        if isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], tuple):
            return made[0]
        return args

    def _put_call(
        self, kept: KeptCall, live: object, put: Callable[[Tensor, int], object]
    ) -> object:
        made = live
        try:
            made = fill(live, kept.data, put)
            if kept.randomness is not None:
                put_randomness(kept.randomness, self._tensor_of)
        except (NotAlike, TraceFileError) as error:
            self._fail(f"{kept.kind} of {kept.name}", str(error))
        return made

    def _replace(self, live: Tensor, number: int) -> object:
        """Return what was kept in the place of a batch's tensor, which the data set may own."""
        return self._tensor_of(number).to(live.device)

    def _overwrite(self, live: Tensor, number: int) -> object:
        """Write what was kept into an input, which may be used outside the call as well.

        What it held is put back when the update is over.
        """
        kept = self._tensor_of(number)
        if live.shape == kept.shape and live.dtype == kept.dtype and not live.is_inference():
            if not is_same(live, kept):
                self._changed.append((live, live.detach().clone()))
                live.data.copy_(kept)
            return live
        return kept.to(live.device).requires_grad_(live.requires_grad)

    def _tensor_of(self, number: int) -> Tensor:
        update = self._update
        assert update is not None
        if number < 0:
            raise NotAlike("a tensor was not kept")
        return from_blob(self._file.read(update.first + number))

    # -- what was seen of it ----------------------------------------------------------------

    def _count(self, event: StepTaken | StepSkipped) -> None:
        update = self._update
        if isinstance(event, StepTaken):
            self._counts[event.optimizer] += 1
            self._steps.append(event.optimizer)
        elif update is None or not update.was_skipped:
            return
        if self._at < 0 or (update is not None and len(self._steps) < len(update.seen)):
            return
        self._ended += 1
        self._is_due = self._ended == self._request.updates
        if update is not None:
            self._compare_ends(update)
        for live, before in self._changed:
            live.data.copy_(before)
        self._changed.clear()

    def _compare_ends(self, update: KeptUpdate) -> None:
        self._result.has_ended = True
        if not update.ends:
            return
        found = name_ends(self._parts)
        both = [name for name in update.ends if name in found]
        self._result.ends = len(both)
        self._result.ends_not_finite = sum(update.ends[x].endswith(NOT_FINITE) for x in both)
        self._result.other_ends = [name for name in both if found[name] != update.ends[name]]

    def _guard(self, what: str, function: Callable[..., None], *args: object) -> None:
        try:
            function(*args)
        except (NotAlike, TraceFileError, RuntimeError, TypeError) as error:
            self._fail(what, str(error))

    def _fail(self, what: str, reason: str) -> None:
        self._result.problems[f"{what}: {reason}"] = None
