"""The handles of a running loop that experiments take hold of, through the tools of `hooks/`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from backtrace.ledger.experiment_facts import ExperimentEnded, Steered
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Patches
from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.recording.recorder import Recorder

_STEP = Optimizer.profile_hook_step.__code__.co_filename
OnOptimizer = Callable[[Optimizer], None]
OnCall = Callable[[nn.Module], None]
LeavesOut = Callable[[Any], bool]


class Controls:
    """What one experiment changes a loop with, and tells of it; `close` undoes it all.

    The recorder stands inside: it records what is done to the loop as it records the loop.
    `when_recorded` takes what puts the user's tensors back. `is_late` where updates have gone by
    already when the experiment is put on.
    """

    def __init__(
        self,
        experiment: Experiment,
        recorder: Recorder,
        later: ExitStack,
        *,
        is_late: bool = False,
    ) -> None:
        self.experiment = experiment
        self.is_late = is_late
        self.recorder = recorder
        self.register = recorder.register
        self.when_recorded = later.callback
        self.instrument = Instrument(self._fail, lambda thing: None)
        self.patches = self.instrument.patches
        self.times = 0
        self.failed = ""
        self._nestings: dict[int, Nesting] = {}

    def open(self) -> None:
        """Put the experiment on."""
        self.instrument.open()
        try:
            self.experiment.install(self)
        except BaseException:
            self.instrument.close()
            raise

    def close(self) -> None:
        """Take it off, and tell what it came to."""
        self.instrument.close()
        self.recorder.journal.write(
            ExperimentEnded,
            where="",
            experiment=self.experiment.name,
            times=self.times,
            said=self.experiment.describe(self.times),
            failed=self.failed,
        )

    def note(self, did: str, times: int = 1) -> None:
        """Count, and write into the trace, that the experiment took effect."""
        self.times += times
        self.recorder.journal.write(Steered, experiment=self.experiment.name, did=did)

    def fail(self, reason: str) -> None:
        """The experiment makes no sense for this loop: the trace says why."""
        self.failed = self.failed or reason

    def _fail(self, what: str, reason: str) -> None:
        if what != "what other threads do":
            self.fail(f"{what}: {reason}")

    def call(self, function: Callable[..., None], *args: object) -> None:
        """Call what an experiment does: what it raises is no concern of the user's training."""
        self.instrument.boundary.notify(self.experiment.name, function, *args)

    # -- where experiments take hold --------------------------------------------------------

    def leave_out_zero_grad(self, leaves_out: LeavesOut) -> None:
        """Leave out each `zero_grad` of whose owner this is true."""

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], target: Any, *args: Any, **kwargs: Any) -> Any:
            if not leaves_out(target):
                return original(target, *args, **kwargs)
            self.call(self._left_out, target, "zero_grad")
            return None

        self.around_zero_grad(around)

    def around_zero_grad(self, around: Callable[..., Any]) -> None:
        """Have each `zero_grad` of torch's, or of an optimizer's, run through `around`."""
        self.patches.wrap_method(nn.Module, "zero_grad", around)
        self.patches.wrap_in_subclasses(Optimizer, "zero_grad", around)

    def leave_out_step(self, leaves_out: LeavesOut) -> None:
        """Leave out each `step` of whose optimizer this is true, hooks and all."""

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], target: Any, *args: Any, **kwargs: Any) -> Any:
            with self._nesting_of(target) as is_outermost:
                if not is_outermost or not leaves_out(target):
                    return original(target, *args, **kwargs)
                self.call(self._left_out, target, "step")
                return None

        wrap_every_step(self.patches, around)

    def _left_out(self, target: object, call: str) -> None:
        self.recorder.leave_out(target, call)
        self.note(f"left out {self.register.name_of(target)}.{call}")

    def around_step(self, began: OnOptimizer, ended: OnOptimizer | None = None) -> None:
        """Have these called around the outermost `step` of each optimizer.

        `began` comes before the step is in the books, and `ended` after it; where the step raises
        it is not called.
        """

        def before(optimizer: Optimizer) -> None:
            if _count_steps(optimizer) <= 1:
                began(optimizer)

        def after(optimizer: Optimizer) -> None:
            if ended is not None and _count_steps(optimizer) <= 1:
                ended(optimizer)

        self.instrument.hooks.before_step(before)
        self.instrument.hooks.after_step(after)

    def before_reading(self, reads: OnOptimizer) -> None:
        """Have this called where the outermost `step` reads gradients, after a closure."""

        def read(optimizer: Optimizer) -> None:
            if _count_steps(optimizer) <= 1:
                reads(optimizer)

        self.instrument.hooks.before_reading(read)

    def around_call(self, before: OnCall, after: OnCall) -> None:
        """Have these called around modules' calls that are inside no other, with gradients on."""
        depth: list[bool] = []

        def enter(module: nn.Module, args: object) -> None:
            if self.is_mine():
                depth.append(len(depth) == 0 and torch.is_grad_enabled())
                if depth[-1]:
                    self.call(before, module)

        def leave(module: nn.Module, *call: object) -> None:
            if self.is_mine() and depth and depth.pop():
                self.call(after, module)

        self.instrument.hooks.around_call(enter, leave)

    def is_mine(self) -> bool:
        """Whether this is the recorded thread, and no compiled code."""
        return not torch.compiler.is_compiling() and not self.instrument.boundary.is_away()

    def around_backward(
        self, before: Callable[[], None], after: Callable[[], None] | None = None
    ) -> None:
        """Have these called around every backward that is not inside another."""
        nesting = Nesting()

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            with nesting as is_outermost:
                if not is_outermost:
                    return original(*args, **kwargs)
                self.call(before)
                result = original(*args, **kwargs)
                if after is not None:
                    self.call(after)
                return result

        self.patches.wrap(torch.autograd, "backward", around)

    def optimizers(self) -> list[Optimizer]:
        """Return the optimizers that are known so far, and still there."""
        found = [ref() for _, ref in self.register.optimizers.values()]
        return [each for each in found if each is not None]

    def _nesting_of(self, target: object) -> Nesting:
        return self._nestings.setdefault(id(target), Nesting())


def wrap_every_step(patches: Patches, around: Callable[..., Any]) -> None:
    """Have each `step` of any optimizer of torch's kind run through `around`, hooks and all."""

    def follow(cls: type) -> None:
        for each in cls.__mro__:
            if hasattr(vars(each).get("step"), "hooked"):
                patches.wrap_method(each, "step", around)

    # Torch puts the function that calls the hooks into a class when it makes the first one.
    def around_patch(original: Callable[..., Any], optimizer: Any) -> None:
        original(optimizer)
        follow(type(optimizer))

    patches.wrap(Optimizer, "_patch_step_function", around_patch)
    for cls in _all_subclasses(Optimizer):
        follow(cls)


def _count_steps(optimizer: Optimizer) -> int:
    """Return how many of torch's calls around a `step` of this optimizer are running.

    More than one where a class calls its parent's. What raised does not count.
    """
    count, frame = 0, sys._getframe(1)
    while frame is not None:
        is_step = frame.f_code.co_name == "wrapper" and frame.f_code.co_filename == _STEP
        count += is_step and frame.f_locals.get("self") is optimizer
        frame = frame.f_back  # type: ignore[assignment]
    return count


def tensors_of(optimizer: Optimizer) -> list[Tensor]:
    """Return what an optimizer steps."""
    return [tensor for group in optimizer.param_groups for tensor in group["params"]]


def _all_subclasses(cls: type[Any]) -> list[type[Any]]:
    found = list(dict.fromkeys(cls.__subclasses__()))
    return [*found, *(inner for each in found for inner in _all_subclasses(each))]
