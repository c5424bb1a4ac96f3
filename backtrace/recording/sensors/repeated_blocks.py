"""Lists that hold one block several times, and the calls that show it was to be several."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from torch import Tensor, nn
from torch.autograd.graph import Node

from backtrace.as_data import class_name
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.sequence import sequence_of
from backtrace.ledger.layer_facts import BlockRepeated
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.sensors.graph.autograd_nodes import name_of

_LISTS = (nn.ModuleList, nn.Sequential)
_DEEP = 4  # nodes between what a block gave and what it is called on next
_BETWEEN = (  # what stands there in nets of blocks; a mask of dropout is multiplied
    "Add",
    "Mul",
    "Relu",
    "Gelu",
    "Silu",
    "Tanh",
    "NativeLayerNorm",
    "NativeBatchNorm",
    "NativeDropout",
)


class _Repeated(NamedTuple):
    """A block that a list holds many times in a row: its name, how often, and where it is made."""

    ref: weakref.ref[nn.Module]
    name: str
    times: int
    where: str


class _BlockCall(NamedTuple):
    """What such a block was called on last, and what it gave, with the number of its node.

    `taken` is None where it was called on more than that; `at` is how many events there were.
    """

    block: int
    at: int
    taken: weakref.ref[Tensor] | None
    output: weakref.ref[Tensor]
    number: int


class RepeatedBlocks:
    """Is told of the calls of such blocks; writes BlockRepeated once for each list."""

    def __init__(self, accounts: TensorAccounts, made: Mapping[nn.Module, str]) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self._made = made  # lists, and in which line
        self.blocks: dict[int, _Repeated] = {}  # by identity
        self._last: _BlockCall | None = None

    def look(self) -> None:
        """Go through the models and lists for one block that stands several times in a row."""
        self.blocks.clear()
        for name, part in self._lists():
            blocks = list(part._modules.values())
            for first, many in groupby(filter(None, blocks), id):
                block, times = next(b for b in blocks if id(b) == first), len(list(many))
                if block is not None and times > 1 and _has_parameters(block):
                    where = self._made.get(part, "")
                    self.blocks[first] = _Repeated(weakref.ref(block), name, times, where)

    def _lists(self) -> Iterator[tuple[str, nn.Module]]:
        """Give the lists, those without a name of a model's first."""
        for part in list(self._made):
            if is_list(type(part)):
                yield class_name(type(part)), part
        for prefix, ref in self._register.modules:
            model = ref()
            for path, part in module_tree.named_modules(model) if model is not None else ():
                if is_list(type(part)):
                    yield f"{prefix}{path}".rstrip("."), part

    def block_called(
        self,
        module: nn.Module,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        output: object,
    ) -> None:
        """One of the blocks was: perhaps on what it has just given, or on the same once more."""
        is_all = len(args) + len(kwargs) == 1
        repeated = self.blocks[id(module)]
        taken = args[0] if args else None
        last, self._last = self._last, None
        if type(output) is not Tensor or type(taken) is not Tensor:
            return
        number = sequence_of(output.grad_fn) if output.grad_fn is not None else -1
        at, seen = self._journal.written, weakref.ref(taken) if is_all else None
        self._last = _BlockCall(id(module), at, seen, weakref.ref(output), number)
        if last is None or last.block != id(module) or repeated.ref() is not module:
            return
        is_again = is_all and last.taken is not None and last.taken() is taken and last.at == at
        if is_again or last.output() is taken or _leads_to(taken, last.number):
            del self.blocks[id(module)]
            self._journal.write(
                BlockRepeated,
                where=repeated.where or None,
                container=repeated.name,
                type=class_name(type(module)),
                count=repeated.times,
            )


def is_list(kind: type) -> bool:
    """Whether a class is one of torch's own lists; one of the user's is compared with nothing."""
    return any(kind is each for each in _LISTS)


def _leads_to(taken: Tensor, number: int) -> bool:
    """Whether the output of the node of this number is a term of it, normed or activated."""
    nodes: list[Node] = [taken.grad_fn] if taken.grad_fn is not None and number >= 0 else []
    for _ in range(_DEEP):
        if any(sequence_of(node) == number for node in nodes):
            return True
        nodes = [
            behind
            for node in nodes
            if name_of(node).startswith(_BETWEEN)
            for behind, _ in node.next_functions
            if behind is not None
        ]
    return False


def _has_parameters(module: nn.Module) -> bool:
    return any(module_tree.has_own_parameters(inner) for inner in module_tree.modules(module))
