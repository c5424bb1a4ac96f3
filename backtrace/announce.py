"""What no hook can see, announced by whoever knows it; nothing happens when nothing records.

A training loop may call these freely: without a recorder they cost one look at an empty list.
"""

from __future__ import annotations

from typing import Any, Protocol


class Listener(Protocol):
    """Whoever records: it is told of models, optimizers and tensors, and of loss mixes."""

    def watch(self, *things: Any, **named: Any) -> None:
        """Take in what `watch` was given."""

    def note_loss(self, total: Any, terms: dict[str, Any]) -> None:
        """Take in a loss mix."""


listeners: list[Listener] = []


def watch(*things: Any, **named: Any) -> None:
    """Give names to what is trained.

    Args:
        *things: models (`nn.Module`), optimizers or tensors. A second model's parameters are
            prefixed with `model[1].`, a tensor is named `tensor[0]`.
        **named: the same under a name of yours: `watch(generator=g)` gives `generator.fc.weight`.

    Raises:
        TypeError: something else was given (only while recording).
    """
    for listener in tuple(listeners):
        listener.watch(*things, **named)


def note_loss(total: Any, **terms: Any) -> None:
    """Say which weighted terms make up the loss that `backward` is about to be called on.

    Args:
        total: the loss, a tensor with one element.
        **terms: its terms by name, tensors with one element each; they add up to `total`.
    """
    for listener in tuple(listeners):
        listener.note_loss(total, terms)
