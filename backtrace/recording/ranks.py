"""Which rank of a distributed run this process is: told by its launcher, or by torch."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rank:
    """One process of a run of `size`, of which `local_size` run on this machine.

    `run` is the same word for all ranks of one run, and another for every run; `attempt` counts
    how often the launcher has started it again.
    """

    number: int
    size: int
    local_size: int
    run: str
    attempt: int = 0


def find_rank() -> Rank | None:
    """Return this process's rank; None where it is the only one.

    A launcher (torchrun, Accelerate) tells it by the environment before torch is there; processes
    that a script made itself (`mp.spawn`) are asked for the process group, once they have one.
    """
    return _from_launcher() or _from_torch()


def _from_launcher() -> Rank | None:
    number, size = _number("RANK"), _number("WORLD_SIZE")
    if number is None or size is None or not 0 <= number < size or size < 2:
        return None
    local_size = _number("LOCAL_WORLD_SIZE") or size
    return Rank(
        number, size, local_size, _name_of_run(), _number("TORCHELASTIC_RESTART_COUNT") or 0
    )


def _from_torch() -> Rank | None:
    number, size = find_place_in_group()
    return Rank(number, size, size, _name_of_run()) if size > 1 else None


def find_place_in_group() -> tuple[int, int]:
    """Return this process's rank in torch's process group, and the group's size: 0 without one."""
    torch_distributed = sys.modules.get("torch.distributed")
    if torch_distributed is None or not torch_distributed.is_available():
        return 0, 0
    if not torch_distributed.is_initialized():
        return 0, 0
    return int(torch_distributed.get_rank()), int(torch_distributed.get_world_size())


def _name_of_run() -> str:
    """Return where the ranks meet: an address and a port, which one run at a time can have."""
    names = ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT")
    return "/".join(os.environ.get(name, "") for name in names)


def _number(name: str) -> int | None:
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


def has_gloo() -> bool:
    """Whether torch can connect processes of this machine by gloo."""
    import torch.distributed as dist

    return bool(dist.is_available() and dist.is_gloo_available())
