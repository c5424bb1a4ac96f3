"""Which model's output another was given without its graph, beside what that output is made of."""

from __future__ import annotations

import weakref
from collections.abc import Mapping

from torch import Tensor

from backtrace.recording.sensors.graph.autograd_nodes import tensors_in, walk

_MOST = 5_000  # nodes behind an output


def find_cut_from(inputs: object, made: Mapping[int, weakref.ref[Tensor]]) -> int | None:
    """Return the model, by identity, whose output an input shares its memory with.

    `made` holds what models returned last, with a graph. None unless other inputs have a graph and
    all these lie behind that output: one may well be cut that the others are made of.
    """
    given = [tensor for tensor in tensors_in(inputs) if _is_plain(tensor)]
    live = {tensor.grad_fn for tensor in given if tensor.grad_fn is not None}
    cut = [tensor for tensor in given if not tensor.requires_grad]
    for model, ref in made.items() if cut and live else ():
        output = ref()
        if output is None or not _is_plain(output) or output.grad_fn is None:
            continue
        place, shape = output.data_ptr(), output.shape
        is_given = any(each.data_ptr() == place and each.shape == shape for each in cut)
        if place and is_given and output.grad_fn not in live:
            return model if live <= set(walk(output.grad_fn, _MOST)) else None
    return None


def _is_plain(tensor: Tensor) -> bool:
    return type(tensor) is Tensor and not tensor.is_sparse and not tensor.is_meta
