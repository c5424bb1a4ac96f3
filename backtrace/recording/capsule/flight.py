"""Keeps what the last updates started from, and writes them at the first thing out of the ordinary.

Nothing that it does is seen by the training: it copies, and reads the states of generators.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn
from torch.optim import Optimizer

from backtrace.as_data import class_qualname
from backtrace.errors import TraceFileError
from backtrace.interrupts import LimitReached, comes_from_user
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.recording.capsule.ends import name_ends
from backtrace.recording.capsule.growing_update import GrowingUpdate
from backtrace.recording.capsule.parts import LoopParts
from backtrace.recording.capsule.pool import Pool
from backtrace.recording.capsule.triggers import JUMP, NOT_FINITE, Trigger, Triggers
from backtrace.recording.capsule.watch import LoopWatch
from backtrace.recording.failure import tell_error
from backtrace.recording.kernels.blobs import to_blob
from backtrace.recording.recorder import Recorder
from backtrace.recording.tensors.tracked import BY_HAND
from backtrace.tracefile.capsule_facts import CapsuleFacts, KeptUpdate
from backtrace.tracefile.capsule_file import write_capsule
from backtrace.tracefile.capsule_options import CapsuleOptions, size_text

_SOON = 100  # updates
Args = tuple[object, ...]


class CapsuleRecorder:
    """Is told of the recorder's events (`watching`) and of the loop's calls (`keep`)."""

    def __init__(self, options: CapsuleOptions, header: Header) -> None:
        self._options = options
        self._header = header
        self._ledger = Ledger()
        self._triggers = Triggers(options.ignore)
        self._steps: Counter[str] = Counter()
        self._begins: dict[tuple[str, ...], int] = {}
        self._entries: deque[GrowingUpdate] = deque()
        self._is_on = self._is_given_up = False
        self._written = self._written_at = (
            0  # the gravity of what was written, and after which step
        )
        self._problems: dict[str, None] = {}
        self._has_said = self._is_next_cut = False  # cut: a failure took something of it
        self._parts: LoopParts
        self._recorder: Recorder

    def watching(self, sink: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what sees each event before `sink` takes it."""

        def take(event: Event) -> None:
            try:
                self._take(event)
            except Exception as error:
                if comes_from_user(error):
                    raise
                self._fail("an event", str(error) or type(error).__name__)
            sink(event)

        return take

    @contextmanager
    def keep(self, recorder: Recorder) -> Iterator[None]:
        """Keep the updates of the loop inside the block; what it raises is a reason to write."""
        self._recorder, self._parts = recorder, LoopParts(recorder.register)
        recorder.note_error = self.note_error  # type: ignore[method-assign]
        watch = LoopWatch(self, self._fail)
        watch.open()
        self._is_on = True
        try:
            yield
        except BaseException as error:
            self.note_error(error)
            raise
        finally:
            watch.close()
            self._end()

    def note_error(self, error: BaseException) -> None:
        """The program ends with an error, or is interrupted."""
        is_end = isinstance(error, LimitReached) or (
            isinstance(error, SystemExit) and error.code in (0, None)
        )
        if not is_end and self._is_on and not self._written:
            text = tell_error(error)
            name = "it was interrupted" if isinstance(error, KeyboardInterrupt) else text
            self._write(Trigger(1, name), error=text)

    # -- what the loop does -----------------------------------------------------------------

    def batch_drawn(self, batch: object) -> object:
        """Keep a batch; the first after a step begins an update."""
        if self._is_kept():
            self._entry().take_call("batch", class_qualname(type(batch)), batch)
        return batch

    def call_began(self, module: nn.Module, args: Args, kwargs: dict[str, object]) -> Args:
        """Keep the inputs of a module that the loop calls, and the state before the first."""
        self._parts.modules.meet(module)
        if self._is_kept():
            entry = self._entry()
            self._take_state(entry)
            entry.take_call("forward", class_qualname(type(module)), (args, kwargs))
        return args

    def evaluated(self) -> None:
        """The batches so far were for an evaluation."""
        if self._entries:
            self._entries[-1].forget_batches()

    def loss_began(self, name: str, args: Args, kwargs: dict[str, object]) -> Args:
        """Keep what a loss function is given."""
        if self._is_kept() and self._entries and self._entries[-1].has_state:
            self._entries[-1].take_call("loss", name, (args, kwargs))
        return args

    def step_began(self, optimizer: Optimizer) -> None:
        """Begin an update where a closure does the rest of it, inside the step."""
        if self._is_kept():
            name = self._recorder.register.name_of(optimizer)
            is_next = not self._entries or name in self._entries[-1].steps
            self._take_state(self._entry() if is_next else self._entries[-1])

    def scheduler_began(self, scheduler: object) -> None:
        """A scheduler counts from its first step."""
        self._parts.schedulers.meet(scheduler)

    def scaler_began(self, scaler: object) -> None:
        """A scaler counts from its first loss."""
        self._parts.scalers.meet(scaler)

    def _is_kept(self) -> bool:
        return self._is_on and self._recorder.instrument.boundary.is_reading

    def _entry(self) -> GrowingUpdate:
        """Return the update that goes on; after a step that is a new one, and the oldest goes."""
        if self._entries and not self._entries[-1].steps:
            return self._entries[-1]
        earlier = None
        while len(self._entries) >= self._options.updates:
            earlier = self._entries.popleft().pool
        entry = GrowingUpdate(sum(self._steps.values()), Pool(earlier), is_full=self._is_next_cut)
        self._is_next_cut = False
        self._entries.append(entry)
        return entry

    def _take_state(self, entry: GrowingUpdate) -> None:
        if not entry.has_state:
            entry.take_state(self._parts, self._steps)
            if entry.place and not self._has_said:
                self._say_size(entry)

    def _say_size(self, entry: GrowingUpdate) -> None:
        """Say once, when optimizers have their state, what is kept in memory."""
        self._has_said = True
        count = self._options.updates
        of = "" if count == 1 else f", {count} times"
        size = size_text(entry.pool.size)
        self._options.say(f"--capsule keeps {size} an update, with its batch a little more{of}")

    # -- what was seen of it ----------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if not self._is_on:
            return
        found = self._triggers.take(event)
        if isinstance(event, StepsPassed):
            self._steps[event.optimizer] += event.count
        ended = list(self._ledger.take(event))
        if isinstance(event, StepTaken):
            if event.optimizer == BY_HAND:
                self._give_up("steps by hand are seen too late for an update to be kept")
                return
            self._steps[event.optimizer] += 1
            if self._entries:
                entry = self._entries[-1]
                entry.steps.append(event.optimizer)
                entry.seen += ended
                self._begins.setdefault(tuple(entry.steps), entry.place)
            found = next(filter(None, map(self._triggers.look, ended)), found)
        if found is not None and found.gravity > self._written and not self._follows(found):
            self._write(found)

    def _follows(self, found: Trigger) -> bool:
        """Whether it comes so soon after a jump that it is what that led to."""
        count = sum(self._steps.values()) - self._written_at
        return found.gravity == NOT_FINITE and self._written == JUMP and count <= _SOON

    def _write(self, why: Trigger, error: str = "") -> None:
        """Write the capsule; there is nothing to do any more after the gravest."""
        entries = [each for each in self._entries if each.is_whole]
        is_now = bool(entries) and entries[-1] is self._entries[-1]
        if not entries or not (is_now or error):
            return
        if not error:
            entries[-1].ends = name_ends(self._parts)
            entries[-1].was_skipped = not entries[-1].steps
        kept, first = list[KeptUpdate](), 0
        for entry in entries:
            begin = self._begins.get(tuple(entry.steps), 0)
            kept.append(entry.to_kept(self._number_of(entry), begin, first))
            first += len(entry.pool.tensors)
        error = "" if entries[-1].steps or not is_now else error
        facts = CapsuleFacts(self._header, why.reason, tuple(kept), error)
        blobs = [to_blob(tensor) for entry in entries for tensor in entry.pool.tensors]
        path = self._options.path
        try:
            size = write_capsule(path, facts, blobs)
        except TraceFileError as failure:
            self._give_up(str(failure))  # it would be the same the next time
            return
        self._written, self._written_at = why.gravity, sum(self._steps.values())
        which = f"update {kept[-1].number}"
        self._options.say(f"{which}: {why.reason}: {path}, {size_text(size)}, holds it")
        if why.gravity == NOT_FINITE:
            self._is_on = False
            self._entries.clear()

    def _number_of(self, entry: GrowingUpdate) -> int:
        if entry.seen:
            return entry.seen[-1].index
        return max(self._steps.values(), default=0) + 1

    def _give_up(self, reason: str) -> None:
        self._is_on, self._is_given_up = False, True
        self._entries.clear()
        self._options.say(f"--capsule: none was written: {reason}")

    def _fail(self, what: str, reason: str) -> None:
        self._problems[f"{what}: {reason}"] = None
        if self._entries:
            self._entries[-1].is_full = True  # what is missing of it cannot be run again
        self._is_next_cut = not self._entries or bool(self._entries[-1].steps)

    def _end(self) -> None:
        """Say what came of it."""
        self._is_on = False
        for problem in self._problems:
            self._options.say(f"--capsule: not kept: {problem}")
        if self._written or self._is_given_up:
            return
        if any(each.is_whole for each in self._entries):
            self._options.say("--capsule: nothing was out of the ordinary, none was written")
        elif self._problems:
            self._give_up("no update was kept whole")
        else:
            self._give_up("no update called a module (nn.Module) with gradients on")
        self._entries.clear()
