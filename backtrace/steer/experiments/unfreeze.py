"""Unfreezes parameters by name: they get gradients, and move where an optimizer holds them."""

from __future__ import annotations

from backtrace.steer.experiments.freeze import Freeze


class Unfreeze(Freeze):
    """Turns `requires_grad` on, before each call of the model that holds the parameter."""

    key = "unfreeze"
    flag = ""
    does = "Parameters that get a gradient, by their names; a step needs an optimizer with them."
    done = "{times} a parameter was unfrozen"
    never = "no parameter of that name was frozen"
    requires_grad = True
