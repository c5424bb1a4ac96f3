"""What all sensors share: which tensors there are, how they are read, and where events go."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.recording.journal import Journal
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.tensors.inspection import Inspector
from backtrace.recording.tensors.tracked import Register


@dataclass(frozen=True, slots=True)
class TensorAccounts:
    """The accounts of one recording, and the journal that is written from them."""

    register: Register
    inspector: Inspector
    kernel: Kernel
    journal: Journal
