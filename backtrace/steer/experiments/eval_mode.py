"""Evaluation mode wherever gradients are on: no dropout, and batch norm's stored statistics."""

from __future__ import annotations

from backtrace.steer.experiments.train_mode import TrainMode


class EvalMode(TrainMode):
    """Puts a model, and all in it, into evaluation mode while it is called with gradients on."""

    key = "eval_mode"
    flag = ""
    does = "Evaluation mode for each call of a model with gradients on."
    training = False
