"""Sums over one loader that are divided by the length of another, or by a last index."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    names_in,
    opened,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_WRAPPERS = word_set("tqdm trange track progress_bar enumerate iter notebook_tqdm auto_tqdm")
_CONVERSIONS = word_set("float int")
_Loader = str  # as it is written: `val_loader` or `self.val_loader`


def find_divided_sums(scope: Scope) -> Iterator[Slip]:
    """Give the lines that divide what a loop over one loader adds up by the size of another one.

    `beside` is what the loop goes over with its line, and then the other loader with the lines of
    its loops: how many batches or rows each gives is for the run to tell. A last index is one less
    than the number of turns; a loader with a sampler gives a part of its data set alone.
    """
    file = _read_file(scope.tree)
    if file.loops:
        sizes = given_once(scope)
        for block in scope.blocks:
            yield from _DividingBlock(scope, file, sizes).find(list(opened(block)))


@dataclass(frozen=True)
class _LoaderUses:
    """What a file's loops go over, each with the lines, and of what it makes its loaders."""

    loops: dict[_Loader, list[int]]
    datasets: dict[_Loader, str]
    sampled: frozenset[_Loader]


@lru_cache(maxsize=2)
def _read_file(tree: ast.Module) -> _LoaderUses:
    loops: dict[_Loader, list[int]] = {}
    made: dict[_Loader, list[ast.Call]] = {}
    samplers: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.For():
                if loader := gone_over(node.iter):
                    loops.setdefault(loader, []).append(node.iter.lineno)
            case ast.Assign(targets=[target], value=ast.Call(func=func) as call):
                if called_name(func) == "SubsetRandomSampler":
                    samplers.add(ast.unparse(target))
                if called_name(func) == "DataLoader":
                    made.setdefault(ast.unparse(target), []).append(call)
    once = {name: calls[0] for name, calls in made.items() if len(calls) == 1}
    datasets = {name: text for name, call in once.items() if (text := _dataset_of(call))}
    parts = {name for name in datasets if _is_sampled(once[name], samplers)}
    counts = [datasets[name] for name in parts]
    return _LoaderUses(
        loops, datasets, frozenset(name for name in parts if counts.count(datasets[name]) > 1)
    )


def gone_over(node: ast.expr) -> _Loader:
    """Return the loader that a loop goes over, past `enumerate` and a bar; '' of anything else."""
    while isinstance(node, ast.Call) and called_name(node.func) in _WRAPPERS and node.args:
        node = node.args[0]
    return ast.unparse(node) if _is_plain(node) else ""


def _is_plain(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _dataset_of(call: ast.Call) -> str:
    given = [each.value for each in call.keywords if each.arg == "dataset"]
    first = call.args[0] if call.args else next(iter(given), None)
    return ast.unparse(first) if first is not None and _is_plain(first) else ""


def _is_sampled(call: ast.Call, samplers: set[str]) -> bool:
    for each in call.keywords:
        if each.arg == "sampler":
            made = isinstance(each.value, ast.Call) and called_name(each.value.func)
            return made == "SubsetRandomSampler" or ast.unparse(each.value) in samplers
    return False


@dataclass
class _RunningSum:
    """What was added up so far, over which loaders; '' for anything else. `loop` is the last."""

    over: set[_Loader] = field(default_factory=set)
    is_begun: bool = False
    loop: ast.For | None = None


class _DividingBlock:
    """A list of statements, gone through in order: what is added up, begun anew and divided."""

    def __init__(self, scope: Scope, file: _LoaderUses, sizes: Given) -> None:
        self._scope, self._file, self._sizes = scope, file, sizes
        self._sums: dict[str, _RunningSum] = {}

    def find(self, statements: list[ast.stmt]) -> Iterator[Slip]:
        """Give each division of a sum over one loader by the size of another."""
        for statement in statements:
            if isinstance(statement, Function | ast.ClassDef):
                continue
            is_block = isinstance(statement, ast.For | ast.While | ast.If | ast.Try)
            if is_block:
                self._enter(statement)
            if not is_block or isinstance(statement, ast.If):
                yield from self._find_divisions(statement)
            for name in set() if is_block else _stored(statement):
                begins = isinstance(statement, ast.Assign) and _is_empty(statement.value)
                self._sums[name] = _RunningSum(is_begun=begins)

    def _find_divisions(self, statement: ast.stmt) -> Iterator[Slip]:
        for node in (statement, *own_nodes(statement)):
            match node:
                case ast.BinOp(op=ast.Div(), left=left, right=right):
                    yield from self._divide(left, right, node.lineno)
                case ast.AugAssign(op=ast.Div(), target=target, value=right):
                    yield from self._divide(target, right, node.lineno)

    def _enter(self, statement: ast.stmt) -> None:
        """Note what a loop adds to; what else it writes is not known behind it.

        Nor is what a loop within it adds to, once for each of its own turns.
        """
        loader = gone_over(statement.iter) if isinstance(statement, ast.For) else ""
        inside = list(own_nodes(statement))
        deeper = {
            id(node)
            for each in inside
            if isinstance(each, ast.For | ast.While)
            for node in own_nodes(each)
        }
        for each in inside:
            if name := _added_to(each):
                kept = self._sums.setdefault(name, _RunningSum())
                kept.over.add("" if id(each) in deeper else loader)
                kept.loop = statement if isinstance(statement, ast.For) else None
        for name in {name for each in inside for name in _assigned(each)}:
            self._sums[name] = _RunningSum({""})

    def _divide(self, left: ast.expr, right: ast.expr, line: int) -> Iterator[Slip]:
        name = _sum_in(left)
        kept = self._sums.get(name, _RunningSum())
        if len(kept.over) != 1 or kept.loop is None or not self._is_alone(name, kept):
            return
        (loader,) = kept.over
        at = f"{loader}:{kept.loop.iter.lineno}"
        index = right.id if isinstance(right, ast.Name) else ""
        if _adds_each_turn(kept.loop, name) and self._is_last_index(index, kept.loop):
            yield Slip(line, "divided-by-index", name, at)
            return
        if isinstance(right, ast.Name) and right.id in self._sizes:
            right = self._sizes[right.id]
        match right:
            case ast.Call(func=ast.Name(id="len"), args=[of]) if loader and _is_plain(of):
                yield from self._compare(name, loader, at, ast.unparse(of), line)

    def _compare(self, name: str, loader: _Loader, at: str, of: str, line: int) -> Iterator[Slip]:
        """Give a division by `len(of)`, of a sum over `loader`, where that is another one's."""
        if of == f"{loader}.dataset":
            if loader in self._file.sampled:
                yield Slip(line, "divided-by-whole", name, at)
            return
        kind: SlipKind = "divided-by-batches"
        other = of
        if of not in self._file.loops:
            kind, other = "divided-by-rows", of.removesuffix(".dataset")
            if of == other:
                made = [each for each, text in self._file.datasets.items() if text == of]
                other = made[0] if len(made) == 1 else ""
        lines = self._file.loops.get(other, [])
        if lines and other != loader:
            yield Slip(line, kind, name, f"{at} {other}:{','.join(map(str, lines))}")

    def _is_alone(self, name: str, kept: _RunningSum) -> bool:
        """Whether a sum begins in this block, or only this loop adds to it."""
        if kept.is_begun:
            return True
        loop = {id(each) for each in own_nodes(kept.loop)} if kept.loop is not None else set()
        added = [each for each in self._scope.nodes() if _added_to(each) == name]
        return all(id(each) in loop for each in added)

    def _is_last_index(self, name: str, loop: ast.For) -> bool:
        """Whether a variable is what `enumerate` counted from 0, through to the loop's end."""
        match loop.iter, loop.target:
            case (
                ast.Call(func=ast.Name(id="enumerate"), args=[_], keywords=[]),
                ast.Tuple(elts=[ast.Name(id=index), *_]),
            ) if index == name:
                pass
            case _:
                return False
        stores = [each for each in own_nodes(loop) if name in _written(each)]
        return len(stores) == 1 and not self._is_written_behind(name, loop)

    def _is_written_behind(self, name: str, loop: ast.For) -> bool:
        own = {id(each) for each in own_nodes(loop)}
        return any(
            name in _written(each) and id(each) not in own and each.lineno > loop.lineno  # type: ignore[attr-defined]
            for each in self._scope.nodes()
        )


def _adds_each_turn(loop: ast.For, name: str) -> bool:
    """Whether every turn of a loop adds to a sum once: under no condition, with none left out."""
    added = [each for each in own_nodes(loop) if _added_to(each) == name]
    always = {id(node) for each in opened(loop.body) for node in (each, getattr(each, "value", 0))}
    is_whole = not any(isinstance(each, ast.Continue | ast.Break) for each in own_nodes(loop))
    return is_whole and len(added) == 1 and id(added[0]) in always


def _sum_in(node: ast.expr) -> str:
    """Return the sum in `total`, `total.item()`, `100 * total` or `sum(losses)`; '' of others."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="item"), args=[]):
            return _sum_in(inner)
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(), right=inner):
            return _sum_in(inner)
        case ast.Call(func=func, args=[inner]) if called_name(func) in ("sum", *_CONVERSIONS):
            return _sum_in(inner)
    return ""


def _added_to(node: ast.AST) -> str:
    """Return what a statement adds to: `n` of `n += loss`, `n = n + loss` or `n.append(loss)`.

    What counts turns or rows may well be held against the size of another loader.
    """
    match node:
        case ast.AugAssign(op=ast.Add(), target=ast.Name(id=name), value=value):
            return "" if _is_size(value) else name
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.Add(), left=left, right=right)
        ):
            return name if name in names_in(left) | names_in(right) else ""
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[_]):
            return name
    return ""


def _is_size(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=func):
            return called_name(func) in ("len", "size")
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
    return False


def _assigned(node: ast.AST) -> set[str]:
    """Return what a statement within a loop writes anew, but for what it adds to."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or _added_to(node):
        return set()
    return _stored(node)


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=int() | float()) | ast.List(elts=[]):
            return True
        case ast.Tuple(elts=parts):
            return all(map(_is_empty, parts))
    return False


def _written(node: ast.AST) -> set[str]:
    """Return the variable that a name is where it is written to."""
    is_store = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    return {node.id} if is_store and isinstance(node, ast.Name) else set()


def _stored(node: ast.AST) -> set[str]:
    return {name for each in walk(node) for name in _written(each)}
