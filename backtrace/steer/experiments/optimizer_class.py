"""Another optimizer class over the same parameter groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.config.calltext import CallTextError, parse_call
from backtrace.config.words import nearest
from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls

_CLASSES = (
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Muon", "NAdam",
    "RAdam", "RMSprop", "Rprop", "SGD", "SparseAdam",
)  # fmt: skip


class OptimizerClass(Experiment):
    """Makes each optimizer one of another class when it has been made.

    It holds the same groups, and steps with the same learning rates unless one is given; other
    options are those of the new class. What others keep in the groups (a schedule its first rate)
    stays there.
    """

    key = "optimizer"
    flag = "--optimizer"
    takes = "a class of torch.optim, with options or without: SGD, 'SGD(momentum=0.9)'"
    does = "Another class for each optimizer, over the same groups and learning rates."
    done = "an optimizer was made one of {value} {times}"
    never = "no optimizer was made"

    def read(self) -> None:
        """Read the class and its options."""
        try:
            call = parse_call(self.value)
        except CallTextError as error:
            raise self.mistake(f"{error.found}: {error.hint}") from None
        if call.type not in _CLASSES:
            near = nearest(call.type, list(_CLASSES))
            hint = f"did you mean {near}?" if near else f"there are {', '.join(_CLASSES)}"
            raise self.mistake(f"no optimizer {call.type} can stand here: {hint}")
        if call.args:
            raise self.mistake("give options by name: SGD(lr=0.1)")
        self._class, self._options = call.type, call.kwargs

    def install(self, controls: Controls) -> None:
        """Wrap what makes optimizers."""
        import torch
        from torch.optim import Optimizer

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        making: list[Any] = []

        def change(optimizer: Any) -> None:
            if "_optimizer_step_pre_hooks" not in vars(optimizer):
                return  # one that stands for another, and is none of torch's making
            kind = type(optimizer).__name__
            self._change(optimizer, getattr(torch.optim, self._class))
            controls.note(f"made {self._class} of {kind}")

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            if any(each is optimizer for each in making):
                return original(optimizer, *args, **kwargs)
            making.append(optimizer)
            try:
                original(optimizer, *args, **kwargs)
                controls.call(change, optimizer)
            finally:
                making.pop()
            return None

        for optimizer in controls.optimizers():  # that were there before
            change(optimizer)
        controls.patches.wrap_in_subclasses(
            Optimizer, "__init__", around, only=lambda cls: cls is not Optimizer
        )

    def _change(self, optimizer: Any, wanted: type[Any]) -> None:
        """Make the optimizer one of the wanted class; it stays as it is where that fails."""
        kind, kept = type(optimizer), dict(vars(optimizer))
        own = {*optimizer.defaults} - ({"params"} if "lr" in self._options else {"params", "lr"})
        groups = [
            {key: value for key, value in group.items() if key not in own}
            for group in optimizer.param_groups
        ]
        options = {k: tuple(v) if isinstance(v, list) else v for k, v in self._options.items()}
        optimizer.__class__ = wanted
        if hasattr(vars(optimizer).get("step"), "_wrapped_by_lr_sched"):
            del optimizer.step  # a schedule has put it around the step of the old class
        try:
            wanted.__init__(optimizer, groups, **options)
        except Exception:
            optimizer.__class__ = kind
            vars(optimizer).clear()
            vars(optimizer).update(kept)
            raise
