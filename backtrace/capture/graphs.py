"""What a backward is about to walk: the graph between the losses and the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from backtrace.capture.journal import Journal
from backtrace.capture.summarize import Summarizer
from backtrace.capture.tracked import Register


class GraphWitness:
    """Told of every module's call, every loss and every backward, as they happen."""

    def __init__(self, register: Register, summarizer: Summarizer, journal: Journal) -> None:
        self._register = register
        self._summarizer = summarizer
        self._journal = journal

    def forward_ended(self, module: nn.Module, output: object) -> None:
        """Any module was called.

        This comes with the modes of autograd as the user set them, and must cost next to nothing.
        """

    def loss_called(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: object
    ) -> None:
        """A loss function of torch's returned `result`."""

    def backward_began(self, roots: Sequence[Tensor], *, retain_graph: bool) -> None:
        """A backward from `roots` is about to walk the graph, which is still whole."""

    def backward_ended(self) -> None:
        """It returned."""

    def backward_failed(self, error: BaseException) -> None:
        """It raised."""
