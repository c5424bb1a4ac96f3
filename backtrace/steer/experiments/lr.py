"""Another learning rate in each step: all of them, whatever the schedule says."""

from __future__ import annotations

from backtrace.steer.experiments.optimizer_option import OptimizerOption


class Lr(OptimizerOption):
    """Sets the learning rate of every group of every optimizer."""

    key = "lr"
    flag = "--lr"
    preset = "optimizer.lr"
    takes = "0.01, or 0.1x of what it is"
    does = "Learning rate of each step; one optimizer's is `optimizer[1].lr`, or `Adam.lr`."

    def __init__(self, value: str = "", key: str = "") -> None:
        super().__init__(value, key)
