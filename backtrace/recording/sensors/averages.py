"""Averages of models: writes AverageUsed of one that is called while nothing was put into it.

And AverageEvaluated of a mean whose batch norms have the statistics of what was averaged last.
Those are torch's, `torch.optim.swa_utils.AveragedModel`; it counts what it has taken in.
"""

from __future__ import annotations

import linecache
from collections.abc import MutableMapping
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from backtrace.as_data import attributes_of
from backtrace.explain.graph import module_tree
from backtrace.ledger.state_facts import AverageEvaluated, AverageUsed
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, find_user_paths
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.weak_keys import weak_keys

_ENOUGH = 2  # models in a mean: the mean of one is itself
_COMPUTES = "update_bn("


class AverageSensor:
    """Enters the first call of an empty average, and after each step the first one again.

    Steps are heard of from such a call on: most programs have none.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._hooks = instrument.hooks
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal
        self._made: MutableMapping[AveragedModel, str] = weak_keys()
        self._calm: MutableMapping[AveragedModel, bool] = weak_keys()
        self._is_told = False
        self._counts: MutableMapping[AveragedModel, list[float]] = weak_keys()  # as it was made
        # The versions of its statistics since it last took a model in, and of the first that is
        # evaluated with those, the line in which it was made.
        self._taken: MutableMapping[AveragedModel, list[int]] = weak_keys()
        self._stale: MutableMapping[AveragedModel, str] = weak_keys()

    def install(self) -> None:
        """Wrap the making of an average, what puts a model into it, and its call."""
        self._patches.wrap(AveragedModel, "__init__", self._around_making, while_paused=True)
        self._patches.wrap(AveragedModel, "update_parameters", self._around_update)
        self._patches.wrap(AveragedModel, "forward", self._around_call)

    @skip_in_warning_stacklevel
    def _around_making(
        self, original: Original, average: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(average, *args, **kwargs)
        self._notify("averages", self._note_made, average)
        return result

    def _note_made(self, average: AveragedModel) -> None:
        self._made[average] = find_caller()
        self._counts[average] = [read_number(each) for each in _batches_seen(average)]

    @skip_in_warning_stacklevel
    def _around_update(
        self, original: Original, average: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(average, *args, **kwargs)
        self._notify("averages", self._note_taken, average)
        return result

    def _note_taken(self, average: AveragedModel) -> None:
        if _is_mean(average):
            self._taken[average] = _versions(average)

    @skip_in_warning_stacklevel
    def _around_call(
        self, original: Original, average: Any, *args: object, **kwargs: object
    ) -> Any:
        if average not in self._calm or average in self._stale:
            self._notify("averages", self._called, average)
        return original(average, *args, **kwargs)

    def _called(self, average: AveragedModel) -> None:
        """`average` is called, for the first time since a step."""
        self._calm[average] = True
        if not self._is_told:
            self._is_told = True
            self._hooks.before_step(self._steps)
        count = attributes_of(average)["_buffers"].get("n_averaged")
        if count is not None and count.numel() == 1 and read_number(count) == 0:
            self._journal.write(AverageUsed, made=self._made.get(average, ""))
        elif average in self._taken and average in self._counts:
            self._look_at_statistics(average, 0 if count is None else int(read_number(count)))

    def _look_at_statistics(self, average: AveragedModel, count: int) -> None:
        """Enter the first call in evaluation mode with statistics that are not the mean's own.

        And the first one after it for which they were computed.
        """
        norms = _norms(average)
        if not norms or any(map(module_tree.is_training, norms)):
            return
        is_stale = _versions(average) == self._taken[average]
        if is_stale == (average in self._stale) or count < _ENOUGH:
            return
        if not is_stale:
            made = self._stale.pop(average)
        elif self._have_moved(average) and not _is_to_compute():
            made = self._stale[average] = self._made.get(average, "")
        else:
            return
        self._journal.write(AverageEvaluated, made=made, averaged=count, is_stale=is_stale)

    def _have_moved(self, average: AveragedModel) -> bool:
        """Whether a statistic is another than when the average was made: none is frozen."""
        now = _batches_seen(average)
        return any(
            read_number(each) != before
            for each, before in zip(now, self._counts[average], strict=False)
        )

    def _steps(self, _: Optimizer) -> None:
        if self._calm:
            self._calm.clear()


def _is_mean(average: AveragedModel) -> bool:
    """Whether all that an average has taken in counts alike, and its buffers are not averaged."""
    told = attributes_of(average)
    own = told.get("avg_fn"), told.get("multi_avg_fn")
    return own == (None, None) and told.get("use_buffers") is False


def _norms(average: AveragedModel) -> list[nn.Module]:
    """Return the batch norms of an average that keep statistics."""
    return [
        part
        for part in module_tree.modules(average)
        if issubclass(type(part), _NormBase)
        and module_tree.own_buffers(part).get("running_mean") is not None
    ]


def _batches_seen(average: AveragedModel) -> list[Tensor]:
    counts = (module_tree.own_buffers(each).get("num_batches_tracked") for each in _norms(average))
    return [count for count in counts if count is not None]


def _versions(average: AveragedModel) -> list[int]:
    """Return how often each mean of the statistics was written to."""
    means = (module_tree.own_buffers(each).get("running_mean") for each in _norms(average))
    return [mean._version for mean in means if mean is not None]


def _is_to_compute() -> bool:
    """Whether a file of the user's that is running calls what computes the statistics anew."""
    lines = (line for path in find_user_paths() for line in linecache.getlines(path))
    return any(_COMPUTES in line.partition("#")[0] for line in lines)
