"""What one rank of a distributed run writes down for the comparison with the others."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.ledger.events import Edited
from backtrace.ledger.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicasRead(Fact):
    """The bits of what ranks hold alike, as a step of `optimizer` found and left them.

    `grads` and `values` hold 16 hexadecimal digits for each of `names`, in their order: of the
    gradient that step read (blank where it is None), and of the value that it left. `before` are
    the values as the optimizer's first step found them, '' at later ones. `buffers` is alike, of
    `buffer_names`. `names` and `buffer_names` are empty where they are those of the time before.

    With `names` come those of them that torch itself says to be alike: `placed`, of DTensors that
    are replicated over all ranks, and `beside`, of what no `fully_shard` was called on, while it
    was on another part of the model.
    """

    optimizer: str
    names: tuple[str, ...] = ()
    grads: str = ""
    values: str = ""
    before: str = ""
    buffer_names: tuple[str, ...] = ()
    buffers: str = ""
    placed: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapperSeen(Fact):
    """A wrapper that keeps the ranks' replicas alike, such as DistributedDataParallel.

    `parameters` are the names of what it holds. `broadcasts_buffers` when it sends rank 0's
    buffers to the others before each forward; `has_hook` when a communication hook of the
    user's takes the place of its all-reduce, `joins` when a rank that is through stands in for
    itself (`Join`). `ignored` are the names that it was told to leave to each rank.
    """

    wrapper: str
    parameters: tuple[str, ...]
    broadcasts_buffers: bool = True
    has_hook: bool = False
    joins: bool = False
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardSeen(Fact):
    """A tensor of which this rank holds a part only: its books are those of the part.

    `shape` is that of the whole, `placements` how it is laid over the ranks (`Shard(0)`).
    """

    name: str
    shape: tuple[int, ...]
    placements: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied(Edited):
    """An edit of a library's, which copies between parameters and what an optimizer steps.

    DeepSpeed's ZeRO and Megatron-LM do so, of values and of gradients.
    """
