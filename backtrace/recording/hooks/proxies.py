"""Optimizers that stand for another one and hand their calls on to it, or do not.

Accelerate's, for one, passes `step` and `zero_grad` by while gradients are accumulated.
"""

from __future__ import annotations

import torch


def is_proxy(target: object) -> bool:
    """Whether this is an optimizer of which torch does not know when it steps.

    Every optimizer that was made as torch makes them has a `step` that calls torch's hooks.
    """
    return isinstance(target, torch.optim.Optimizer) and not hasattr(type(target).step, "hooked")


def find_inner(proxy: object) -> torch.optim.Optimizer | None:
    """Return the optimizer that a proxy hands its calls on to."""
    found = (value for value in vars(proxy).values() if isinstance(value, torch.optim.Optimizer))
    return next(found, None)


def makes_proxies(cls: type) -> bool:
    """Whether the optimizers of this class are proxies.

    They have a `step` of their own that calls a `step`, and are not made as torch makes them.
    """
    step, init = vars(cls).get("step"), vars(cls).get("__init__")
    if step is None or init is None:
        return False
    calls, made = _names_in(step), _names_in(init)
    return "step" in calls and "__init__" not in made


def _names_in(function: object) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ("__init__",)
