"""One rank's run as the rules over ranks read it: an update in a few words and digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from backtrace.diagnose.ranks.packed_digests import PackedDigests
from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.rank_end import RankEnd
from backtrace.ledger.rank_facts import ShardSeen, WrapperSeen


@dataclass(frozen=True, slots=True)
class Replica:
    """The bits of one optimizer's tensors around a step, each named in 16 digits.

    `grads` as the step read them, `values` as it left them, `before` as the first step found
    them; `buffers` of all models. A name whose gradient is None has blanks.
    """

    grads: PackedDigests
    values: PackedDigests
    before: PackedDigests
    buffers: PackedDigests


@dataclass(slots=True)
class RankUpdate:
    """What one rank did from one step to the next.

    `reduced` and `unreduced` are the names whose latest gradient was made the same on all ranks,
    or was not, `unchanged` those of a wrapper whose all-reduce left all of them as they were;
    `clips` the lines that clipped, `skipped` why the step did not take place.
    `squares` are the sums of the squared gradients that the step read, of shards and of what is
    held whole, where the rank holds shards.

    `left_out` counts the steps that were not taken though there was a gradient to step by: it was
    thrown away, or a GradScaler skipped. `items` holds, of each backward, how many rows its loss
    is of, and `factors` by what the mean over them was multiplied; None where that is not known.
    `is_product` says that this was written as a product, and not as a division.
    `added` are the means of what this rank's backwards added, and `read` of what the step read,
    for a few parameters; `scaled` is by what each gradient was multiplied in place, by name.
    `clipped_early` is the line that clipped what was reduced after it. `epochs` holds, for each
    loader, the pass and the epoch of the batches that were trained on.
    """

    number: int = 0
    optimizer: str = ""
    where: str = ""
    forward_at: str = ""
    backward_at: str = ""
    lr: tuple[float, ...] = ()
    losses: list[float] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    clips: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    skipped: str = ""
    forwards: int = 0
    backwards: int = 0
    reduced: frozenset[str] = frozenset()
    unreduced: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    replica: Replica | None = None
    squares: tuple[float, float] = (0.0, 0.0)
    left_out: int = 0
    items: list[int | None] = field(default_factory=list)
    factors: list[float | None] = field(default_factory=list)
    is_product: bool = False
    added: dict[str, float] = field(default_factory=dict)
    read: dict[str, float] = field(default_factory=dict)
    scaled: Mapping[str, float] = field(default_factory=dict)
    scaled_at: str = ""
    clipped_early: str = ""
    epochs: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def lost(self) -> float | None:
        """The first loss that is not finite."""
        return next((loss for loss in self.losses if not isfinite(loss)), None)


@dataclass(slots=True)
class RankRun:
    """One rank: its updates in order, what was left at its end, and how that came.

    `updates` are those that wait to be judged, of all that it took: their number is `count`, and
    `first`, `last` and `in_step`, the last one that all ranks took, stay. `facts` counts what was
    seen of parameters, shards and wrappers.

    `ending` says how it ended; `left` is what followed its last step.
    `stepped` are the names that its optimizers hold, `moved` those that something else changed,
    `reached` counts the backwards that gave each a gradient; `proxies` are the types of what the
    optimizers are called through, by their names; `placed` and `beside` are as in `ReplicasRead`.
    """

    rank: int
    ending: RankEnd = field(default_factory=RankEnd)
    updates: list[RankUpdate] = field(default_factory=list)
    count: int = 0
    first: RankUpdate | None = None
    last: RankUpdate | None = None
    in_step: RankUpdate | None = None
    left: RankUpdate = field(default_factory=RankUpdate)
    facts: int = 0
    wrappers: list[WrapperSeen] = field(default_factory=list)
    shards: dict[str, ShardSeen] = field(default_factory=dict)
    parameters: dict[str, ParameterSeen] = field(default_factory=dict)
    is_sampled: bool = False
    stepped: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    reached: dict[str, int] = field(default_factory=dict)
    proxies: dict[str, str] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)
    beside: set[str] = field(default_factory=set)

    def add(self, update: RankUpdate) -> None:
        """Enter an update that a step ended."""
        self.updates.append(update)
        self.count += 1
        self.first = self.first or update
        self.last = update

    @property
    def wrapped(self) -> set[str]:
        """The names of what a wrapper keeps alike on all ranks."""
        return {name for wrapper in self.wrappers for name in wrapper.parameters}

    @property
    def begun(self) -> int:
        """How many updates were begun: the finished ones, and one that was given up."""
        is_given_up = bool(self.left.forwards) and not self.ending.is_well
        return self.count + (is_given_up or bool(self.left.backwards))
