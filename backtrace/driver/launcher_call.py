"""`run -m torch.distributed.run … train.py`: the same launcher, with backtrace in each rank."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backtrace.errors import UsageError

_TORCHS = ("torch.distributed.run", "torch.distributed.launch")
_OTHERS = {
    "accelerate.commands.launch": "accelerate launch",
    "accelerate.commands.accelerate_cli": "accelerate launch",
    "deepspeed.launcher.runner": "deepspeed",
    "deepspeed.launcher.launch": "deepspeed",
}


def is_torchrun(target: str, *, is_module: bool) -> bool:
    """Whether a target is torch's launcher, by its module or its command."""
    return target in _TORCHS if is_module else Path(target).name == "torchrun"


def refuse_launcher(target: str, count: int | None, *, is_module: bool) -> None:
    """Refuse what starts ranks in a way of its own: it would be recorded, and not the ranks.

    Raises:
        UsageError: the target is such a launcher; it says which order to use. Or it is torchrun,
            which is to start the ranks, and `--nproc` another `count` of them.
    """
    if count is not None and is_torchrun(target, is_module=is_module):
        raise UsageError(f"--nproc: {target} is told how many ranks to start by its own options")
    name = _OTHERS.get(target, "") if is_module else ""
    if not is_module and Path(target).name in ("accelerate", "deepspeed"):
        name = "accelerate launch" if Path(target).name == "accelerate" else "deepspeed"
    if name:
        raise UsageError(
            f"{target}: starts the processes that train; put backtrace into these: "
            f"{name} … -m backtrace run train.py"
        )


def own_options(arguments: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return backtrace's own options out of a command line that ends in TARGET and `given`."""
    options = list(arguments[1 : len(arguments) - len(given) - 1])
    return [each for each in options if each not in ("-m", "--module")]
