"""The loss functions of torch, wrapped where `nn`'s losses and most users call them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch.nn import functional
from torch.overrides import has_torch_function

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer
from backtrace.recording.hooks.patches import Patches, unseen_by_warnings

NAMES = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
)


class LossPatches:
    """Tells of each outermost call of a loss function."""

    def __init__(self, observer: Observer, shield: Shield, patches: Patches) -> None:
        self._observer = observer
        self._shield = shield
        self._patches = patches

    def install(self) -> None:
        """Wrap all of them."""
        for name in NAMES:
            self._patches.wrap(functional, name, functools.partial(self._around, name))

    @unseen_by_warnings
    def _around(self, name: str, original: Any, *args: Any, **kwargs: Any) -> Any:
        with self._patches.nested("loss") as is_outermost, _in_place(name, original, args):
            result = original(*args, **kwargs)
        if is_outermost:
            self._shield.tell(self._observer.loss_called, name, args, kwargs, result)
        return result


@contextmanager
def _in_place(name: str, original: Any, args: tuple[Any, ...]) -> Iterator[None]:
    """Have torch's own function in its place while tensors of the user's own types take part.

    They are told which function was called, as an object that they may know or not.
    """
    wrapper = vars(functional).get(name)
    if not has_torch_function(args):
        yield
        return
    setattr(functional, name, original)
    try:
        yield
    finally:
        if vars(functional).get(name) is original:
            setattr(functional, name, wrapper)
