"""Whether a call stands in a reentrant checkpoint that will never be run again with gradients."""

from __future__ import annotations

import sys
from types import FrameType

from torch.utils.checkpoint import CheckpointFunction

_FORWARD = CheckpointFunction.forward.__code__


def find_lost_checkpoint() -> FrameType | None:
    """Return the frame of the reentrant checkpoint around the caller, if no input has a gradient.

    Autograd makes no node for one of these: what was computed in it, without gradients, stays so.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not _FORWARD:
        frame = frame.f_back
    if frame is None or any(frame.f_locals["ctx"].needs_input_grad):
        return None
    return frame
