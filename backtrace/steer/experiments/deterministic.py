"""Deterministic algorithms, as far as torch has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Deterministic(Experiment):
    """Turns them on when torch is imported; what has none only warns."""

    key = "deterministic"
    does = "Deterministic algorithms, where torch has them."
    done = "deterministic algorithms were turned on"
    never = "deterministic algorithms were on already"

    def install(self, controls: Controls) -> None:
        """Turn them on."""
        import torch

        was_on = torch.are_deterministic_algorithms_enabled()
        only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
        benchmark = torch.backends.cudnn.benchmark
        torch.use_deterministic_algorithms(mode=True, warn_only=True)
        torch.backends.cudnn.benchmark = False

        def back() -> None:
            torch.use_deterministic_algorithms(was_on, warn_only=only_warns)
            torch.backends.cudnn.benchmark = benchmark

        controls.patches.on_close(back)
        if not was_on:
            controls.note("turned deterministic algorithms on")
