"""All experiments by their keys; none of them needs torch to be listed or read."""

from __future__ import annotations

from backtrace.config.words import nearest
from backtrace.errors import UsageError
from backtrace.steer.experiment import Experiment
from backtrace.steer.experiments.no_zero_grad import NoZeroGrad

EXPERIMENTS: tuple[type[Experiment], ...] = (NoZeroGrad,)
_BY_KEY = {each.key: each for each in EXPERIMENTS}


def read_experiment(text: str) -> Experiment:
    """Return the experiment that `KEY` or `KEY=VALUE` names.

    Raises:
        UsageError: there is none of that key, or it does not take that value.
    """
    key, _, value = text.partition("=")
    key, value = key.strip(), value.strip()
    kind = _BY_KEY.get(key)
    if kind is None:
        near = nearest(key, list(_BY_KEY))
        hint = f"did you mean {near}?" if near else "`backtrace steer --list` tells them all"
        raise UsageError(f"--with {text}: there is no experiment {key!r}\n    {hint}")
    if kind.takes and not value:
        raise UsageError(f"--with {text}: write {key}=VALUE, {kind.takes}")
    return kind(value)
