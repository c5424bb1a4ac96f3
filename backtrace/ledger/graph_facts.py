"""What was found out about one autograd graph: plain data, which need no torch to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.ledger.facts import Fact

Holder = Literal["graph", "parameter", "buffer", "batch"]
Kind = Literal["parameter", "buffer", "input", "output", "term", "loss"]
Reason = Literal[
    "frozen",
    "unused",
    "detached",
    "data",
    "no_grad",
    "left torch",
    "not differentiable",
    "stopped",
    "unregistered",
    "other optimizer",
    "no optimizer",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """A tensor that a node keeps for backward.

    `holder` says who holds its memory: the graph alone, or a parameter, buffer or batch, whose
    `name` it then has, and which costs nothing more. `bytes` is the size of the storage; `again`
    is set where an earlier node keeps the same storage, which is counted there.
    """

    shape: tuple[int, ...]
    dtype: str
    bytes: int
    holder: Holder
    name: str
    again: bool

    @property
    def extra(self) -> int:
        """The bytes that would not be in memory without this."""
        return self.bytes if self.holder == "graph" and not self.again else 0


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One node of the graph.

    `call` numbers the innermost call of a module in which it came into being (-1: in none),
    `module` and `layer` are that module's name and class, and `is_layer` says that it called no
    other module. A leaf has the names of its tensor in `names`. `inputs` are indices of nodes.
    """

    index: int
    operation: str
    shape: tuple[int, ...]
    call: int
    module: str
    layer: str
    is_layer: bool
    where: str
    kept: tuple[Kept, ...]
    names: tuple[str, ...]
    inputs: tuple[int, ...]

    @property
    def is_leaf(self) -> bool:
        """Whether a gradient ends here, in a tensor's `.grad`."""
        return bool(self.names)

    @property
    def extra(self) -> int:
        """The bytes that are kept for this node and would not be in memory without it."""
        return sum(kept.extra for kept in self.kept)


@dataclass(frozen=True, slots=True)
class TensorFact:
    """A tensor, whether it has a `.grad` after backward, and why."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    dtype: str
    is_leaf: bool
    requires_grad: bool
    grad_fn: str
    has_grad: bool
    why: str


@dataclass(frozen=True, slots=True)
class Life:
    """What a graph keeps, from the forward to a second backward: storages, each counted once.

    `second` is what torch answers to a second backward on the same graph ("": it ran), `retained`
    what is kept after `backward(retain_graph=True)`, and `retained_second` what a second backward
    is answered then.
    """

    tensors: int
    after_forward: int
    by_reference: int
    after_backward: int
    second: str
    retained: int
    retained_second: str


@dataclass(frozen=True, slots=True)
class MissingGradient:
    """Why a tensor gets no gradient, or why a gradient moves nothing.

    "unregistered" and the optimizers' reasons are of the second sort: there `has_grad` may be set.
    `operation`, `module` and `where` (`file:line`) say where its way to the loss is cut, as far
    as that was observed; `checked` is what was looked at.
    """

    name: str
    kind: Literal["parameter", "input"]
    reason: Reason
    text: str
    has_grad: bool = False
    operation: str = ""
    module: str = ""
    where: str = ""
    checked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """A graph, its tensors, its life, and what gets no gradient.

    `nodes[0]` is the loss's; there are none if the loss has no graph, and then `life` is None
    and `refusal` is what torch answers to `backward`. `update` is that of a running program, whose
    graph was looked at while it was walked; its life was not measured.
    """

    config: str
    chain: tuple[str, ...]
    nodes: tuple[GraphNode, ...]
    tensors: tuple[TensorFact, ...]
    life: Life | None
    refusal: str
    missing: tuple[MissingGradient, ...]
    notes: tuple[str, ...]
    update: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphDrawn(Fact):
    """The graph that a backward walked, the first of its structure; written when it returned.

    `number` counts these graphs, and a later `GraphSeen` of the same structure has it, too: the
    same nodes and edges, and leaves of the same names. Shapes and bytes are those of this backward.
    """

    number: int
    nodes: tuple[GraphNode, ...]
    tensors: tuple[TensorFact, ...]
    missing: tuple[MissingGradient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersBare(Fact):
    """In the graph of the backward in this line, linear layers follow each other bare.

    `layers` are their names, in their order: each takes the very output of the one before, and
    nothing else than linear layers stands between the inputs and the last layer.
    """

    layers: tuple[str, ...]
