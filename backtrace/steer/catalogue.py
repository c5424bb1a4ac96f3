"""All experiments by their keys; none of them needs torch to be listed or read."""

from __future__ import annotations

import shlex

from backtrace.config.words import nearest
from backtrace.errors import UsageError
from backtrace.steer.experiment import Experiment
from backtrace.steer.experiments.accumulate import Accumulate
from backtrace.steer.experiments.add_group import AddGroup
from backtrace.steer.experiments.autocast import Autocast
from backtrace.steer.experiments.average import Average
from backtrace.steer.experiments.bare_output import BareOutput
from backtrace.steer.experiments.clip_norm import ClipNorm
from backtrace.steer.experiments.clip_value import ClipValue
from backtrace.steer.experiments.deterministic import Deterministic
from backtrace.steer.experiments.eval_mode import EvalMode
from backtrace.steer.experiments.freeze import Freeze
from backtrace.steer.experiments.grad_on import GradOn
from backtrace.steer.experiments.hold_once import HoldOnce
from backtrace.steer.experiments.log_softmax import LogSoftmaxBeforeLoss
from backtrace.steer.experiments.loss_term import TERM_KEY, LossTermScale
from backtrace.steer.experiments.lr import Lr
from backtrace.steer.experiments.match_shapes import MatchShapes
from backtrace.steer.experiments.move_clipping import MoveClipping
from backtrace.steer.experiments.no_zero_grad import NoZeroGrad
from backtrace.steer.experiments.optimizer_class import OptimizerClass
from backtrace.steer.experiments.optimizer_option import OPTION_KEY, OptimizerOption
from backtrace.steer.experiments.refill import Refill
from backtrace.steer.experiments.rounding import Rounding
from backtrace.steer.experiments.schedule import HeldSchedule
from backtrace.steer.experiments.seed import Seed
from backtrace.steer.experiments.set_to_none import SetToNone
from backtrace.steer.experiments.shuffle import Shuffle
from backtrace.steer.experiments.skip_step import SkipStep
from backtrace.steer.experiments.step_after_backward import StepAfterBackward
from backtrace.steer.experiments.step_every import StepEvery
from backtrace.steer.experiments.step_once import StepOnce
from backtrace.steer.experiments.threads import Threads
from backtrace.steer.experiments.train_mode import TrainMode
from backtrace.steer.experiments.unfreeze import Unfreeze
from backtrace.steer.experiments.zero_grad import ClearBeforeBackward

# In the order in which they act where several are put on.
EXPERIMENTS: tuple[type[Experiment], ...] = (
    Seed,
    Deterministic,
    Threads,
    OptimizerClass,
    NoZeroGrad,
    ClearBeforeBackward,
    SetToNone,
    Accumulate,
    StepEvery,
    SkipStep,
    StepOnce,
    StepAfterBackward,
    TrainMode,
    EvalMode,
    GradOn,
    Freeze,
    Unfreeze,
    AddGroup,
    Refill,
    HoldOnce,
    Average,
    MoveClipping,
    ClipNorm,
    ClipValue,
    Lr,
    OptimizerOption,
    HeldSchedule,
    LossTermScale,
    Autocast,
    MatchShapes,
    BareOutput,
    LogSoftmaxBeforeLoss,
    Shuffle,
    Rounding,
)
_BY_KEY = {each.key: each for each in EXPERIMENTS}


def read_experiment(text: str) -> Experiment:
    """Return the experiment that `KEY` or `KEY=VALUE` names.

    Raises:
        UsageError: there is none of that key, or it does not take that value.
    """
    key, _, value = text.partition("=")
    key, value = key.strip(), value.strip()
    kind = _BY_KEY.get(key)
    if kind is None and TERM_KEY.fullmatch(key):
        kind = LossTermScale
    if kind is None and OPTION_KEY.fullmatch(key):
        kind = OptimizerOption
    if kind is None:
        near = nearest(key, list(_BY_KEY))
        hint = f"did you mean {near}?" if near else "`backtrace steer --list` tells them all"
        raise UsageError(f"--with {text}: there is no experiment {key!r}\n    {hint}")
    if kind.takes and not value and not kind.is_optional:
        raise UsageError(f"--with {text}: write {key}=VALUE, {kind.takes}")
    return kind(value, key)


def typed_as(text: str) -> str:
    """Return `KEY=VALUE` as it is typed on a command line: by its flag where there is one."""
    key, _, value = text.partition("=")
    kind = _BY_KEY.get(key)
    if kind is None or not kind.flag or (value and kind.is_optional):
        return f"--with {shlex.quote(text)}"
    return f"{kind.flag} {shlex.quote(value)}" if value else kind.flag


def put_in_order(experiments: list[Experiment]) -> list[Experiment]:
    """Return experiments in the order in which they are to act."""
    return sorted(experiments, key=lambda each: EXPERIMENTS.index(type(each)))
