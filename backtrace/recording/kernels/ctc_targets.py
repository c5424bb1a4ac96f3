"""Whether what `ctc_loss` is to transcribe holds its blank."""

from __future__ import annotations

import torch
from torch import Tensor


def count_blanks(targets: Tensor, lengths: object, blank: int) -> int:
    """Count the targets' elements, within their lengths, that are the blank.

    Args:
        targets: (rows, longest), padded, or (sum of the lengths,), as `ctc_loss` takes them.
        lengths: one number a row, as a tensor or a tuple; what else it is, is not looked into.
        blank: the class that stands for none.
    """
    is_blank = targets.detach() == blank
    if targets.dim() != 2:
        return int(is_blank.sum())
    if not isinstance(lengths, Tensor | tuple | list):
        return 0
    own = torch.as_tensor(lengths, device=targets.device).reshape(-1, 1)
    places = torch.arange(targets.shape[1], device=targets.device)
    return int((is_blank & (places < own)).sum())
