"""The number that autograd gives each new node: two of them enclose what came into being between.

`Node._sequence_nr()` counts nodes per thread, in the order in which they are made.
"""

from __future__ import annotations

import torch

_PROBE = torch.zeros((), device="cpu", requires_grad=True)


def next_sequence() -> int:
    """Return a number between those of all nodes made before and all made after."""
    with (
        torch._C.DisableTorchFunction(),
        torch.inference_mode(False),
        torch.enable_grad(),
    ):
        return sequence_of(_PROBE.clone().grad_fn)


def sequence_of(node: object) -> int:
    """Return a node's number; that of a leaf is larger than any other."""
    number: int = node._sequence_nr()  # type: ignore[attr-defined]
    return number
