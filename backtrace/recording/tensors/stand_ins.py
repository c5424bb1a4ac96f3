"""What FSDP puts in the place of parameters for a call, and what leaves of a graph stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import Tensor, nn

from backtrace.explain.graph.flat_tensors import is_flattened
from backtrace.recording.tensors.named_parameters import name_parameters
from backtrace.recording.tensors.shards import is_laid_out
from backtrace.recording.tensors.stamps import Tracked

Pair = tuple[Tracked, Tensor]
Named = Iterable[tuple[str, nn.Module]]


def is_stand_in(tensor: Tensor, holder: Tracked | None) -> bool:
    """Whether a tensor has the name of `holder` for a call only: the whole of its shard."""
    shard = None if holder is None else holder.ref()
    if holder is None or shard is None:
        return False
    if holder.part is not None:
        return not is_flattened(tensor)
    return is_laid_out(shard) and not is_laid_out(tensor)


def find_shard(leaf: Tensor, tracked: Iterable[Pair], models: Named) -> Tracked | None:
    """Return the account of the shard that a leaf is the gathered whole of, if it is one."""
    holders = {each.name: each for each, _ in tracked}
    if not any(is_laid_out(held) for each in holders.values() if (held := each.ref()) is not None):
        return None
    for prefix, module in models:
        for parameter, names in name_parameters(module, prefix):
            if parameter is leaf:
                holder = holders.get(names[0])
                return holder if is_stand_in(leaf, holder) else None
    return None


def names_of_parts(leaf: Tensor, tracked: Iterable[Pair]) -> Sequence[str]:
    """Return the names of all parameters in a flat tensor of FSDP1's."""
    if not is_flattened(leaf):
        return ()
    parts = ((each.name, each.part) for each, _ in tracked)
    return [name for name, part in parts if part is not None and part.flat() is leaf]
