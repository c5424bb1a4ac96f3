"""Changes each layer's output by about one rounding: what comes of that is a run's noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import Generator, Tensor, device, nn

    from backtrace.steer.controls import Controls

_APART = 7919  # between the seeds of two ranks, which round each in its own way


class Rounding(Experiment):
    """Multiplies each element that a layer gives by 1 or 1 ± eps, drawn with a seed of its own.

    The gradient that goes back through it is multiplied alike. The script's random numbers stay
    as they are.
    """

    key = "rounding"
    takes = "a seed: other seeds round other ways"
    does = "Change each layer's output by one rounding at most, at random."
    done = "a layer's output was changed by a rounding {times}"
    never = "no layer was called, so nothing was rounded otherwise"

    def read(self) -> None:
        """Take a whole number from 1."""
        self._seed = self.read_count(self.value)

    def install(self, controls: Controls) -> None:
        """Change what modules without parts return, where gradients are on."""
        import torch
        from torch.nn.modules.module import register_module_forward_hook

        from backtrace.recording.ranks import find_place_in_group

        drawn: dict[device, Generator] = {}

        def draw(like: Tensor) -> Tensor:
            if like.device not in drawn:
                seed = self._seed + _APART * find_place_in_group()[0]
                drawn[like.device] = torch.Generator(like.device).manual_seed(seed)
            numbers = torch.empty(like.shape, dtype=torch.float32, device=like.device)
            numbers.uniform_(-1.5, 1.5, generator=drawn[like.device]).round_()
            return numbers.to(like.dtype).mul_(torch.finfo(like.dtype).eps).add_(1)

        def change(output: Tensor, found: list[Tensor]) -> None:
            found.append(draw(output))
            controls.times += 1

        def after(module: nn.Module, args: object, output: object) -> Tensor | None:
            if module._modules or not torch.is_grad_enabled() or not controls.is_mine():
                return None
            if type(output) is not torch.Tensor or not output.is_floating_point():
                return None
            found: list[Tensor] = []
            controls.call(change, output, found)
            return output * found[0] if found else None  # out here gradients are on

        handle = register_module_forward_hook(after)  # type: ignore[arg-type]  # it may return
        controls.patches.on_close(handle.remove)
