"""Decides which numbers of a data set are integers for torch, and which are floating point."""

from __future__ import annotations

from torch import Tensor

from backtrace.config.schema import Config

CLASS_INDEX_LOSSES = {
    "CrossEntropyLoss",
    "MultiLabelMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "NLLLoss2d",
}
INDEX_LAYERS = {"Embedding", "EmbeddingBag"}


def takes_class_indices(config: Config) -> bool:
    """Tell whether integers in the target count classes (int64) rather than measure (floats)."""
    return any(term.loss.type in CLASS_INDEX_LOSSES for term in config.loss.values())


def takes_indices(config: Config) -> bool:
    """Tell whether integers in the input are looked up (int64), as a first Embedding does."""
    model = config.model
    return isinstance(model, list) and bool(model) and model[0].type in INDEX_LAYERS


def is_integer(tensor: Tensor) -> bool:
    """Tell whether a tensor holds integers or booleans."""
    return not (tensor.is_floating_point() or tensor.is_complex())
