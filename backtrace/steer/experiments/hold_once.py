"""Takes parameters that are held already out of what an optimizer is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class HoldOnce(Experiment):
    """Leaves out of each new group what an earlier one has, of this optimizer or another."""

    key = "hold_once"
    does = "Give each parameter to the first optimizer that it was given to, and once."
    done = "{times} a group was made smaller"
    never = "no parameter was held twice"

    def install(self, controls: Controls) -> None:
        """Make groups smaller before they are added."""
        from torch import Tensor
        from torch.optim import Optimizer

        def shrink(optimizer: Optimizer, group: dict[str, Any]) -> None:
            others = [*controls.optimizers(), optimizer]
            held = {id(t) for each in others for g in each.param_groups for t in g["params"]}
            given = [group["params"]] if isinstance(group["params"], Tensor) else group["params"]
            kept: list[Any] = []
            for each in (given := list(given)):
                tensor = each[1] if isinstance(each, tuple) else each
                if id(tensor) not in held:
                    held.add(id(tensor))
                    kept.append(each)
            group["params"] = kept
            if len(kept) < len(given):
                controls.note(f"left {len(given) - len(kept)} of {len(given)} out of a group")

        def around(original: Callable[..., Any], optimizer: Any, group: Any, **kwargs: Any) -> Any:
            if isinstance(group, dict) and "params" in group:
                controls.call(shrink, optimizer, group)
            return original(optimizer, group, **kwargs)

        controls.patches.wrap(Optimizer, "add_param_group", around)
