"""Parts of a split that are bypassed: their `dataset`, the whole, is taken for their rows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_SPLITS = word_set("random_split Subset")
# What a data set has for each of its rows.
_ROWS = word_set("data targets labels tensors images samples inputs features x y X Y imgs")
# What gives the same rows in another form.
_SAME_ROWS = word_set(
    "float double long int to cpu cuda numpy type astype clone copy detach contiguous reshape view "
    "flatten unsqueeze squeeze permute transpose div div_ values to_numpy tolist"
)
_MAKERS = word_set(
    "array asarray stack tensor as_tensor from_numpy Tensor FloatTensor LongTensor TensorDataset "
    "list DataFrame concatenate vstack"
)
_KINDS = (
    word_set("train training trn tr"),
    word_set("val valid validation dev eval"),
    word_set("test testing te holdout"),
)


@dataclass(frozen=True)
class _Bypass:
    """A `part.dataset` that becomes data: of which split, in what form, and called what.

    `target` is what the data are called, or the function that returns them.
    """

    at: ast.Attribute
    part: str
    split: int
    form: str
    target: str
    is_loader: bool


def find_bypassed_parts(scope: Scope) -> Iterator[Slip]:
    """Give each split whose parts are read by their `dataset`, which holds the rows of all parts.

    Two parts are, in the same form, or a loader that is called after one part is given the whole.
    Where a part's `indices` are read, or its `dataset` is replaced, that may choose the rows.
    """
    if not isinstance(scope.node, ast.Module) or not _is_bypass_possible(scope.tree):
        return
    places = [scope.tree, *(each for each in walk(scope.tree) if isinstance(each, Function))]
    own = {id(each): _parts_in(each) for each in places}
    of_self = _once(own, scope.tree)
    found: dict[int, list[_Bypass]] = {}
    for place in places:
        parts = own[id(scope.tree)] | of_self | own[id(place)]
        for use in _uses_in(scope.tree, place, parts):
            found.setdefault(use.split, []).append(use)
    for uses in found.values():
        uses.sort(key=lambda each: (each.at.lineno, each.at.col_offset))
        for use in uses:
            others = [each for each in uses if each.part != use.part and each.form == use.form]
            if others or (_is_called_after(use) and not _is_loaded(scope.tree, use.part)):
                beside = ast.unparse(others[0].at)[:LONGEST] if others else ""
                yield Slip(use.at.lineno, "part-bypassed", ast.unparse(use.at)[:LONGEST], beside)
                break


def _is_bypass_possible(tree: ast.Module) -> bool:
    """Whether a file splits by torch's own, reads a `dataset`, and chooses no rows itself."""
    has_split = has_whole = False
    for node in walk(tree):
        match node:
            case ast.Attribute(attr="indices") | ast.Attribute(attr="dataset", ctx=ast.Store()):
                return False
            case ast.Attribute(attr="dataset"):
                has_whole = True
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) if name in _SPLITS:
                return False
            case ast.Call() if called_name(node.func) in _SPLITS:
                has_split = True
    return has_split and has_whole


def _parts_in(place: ast.AST) -> dict[str, int]:
    """Return the names that a scope gives parts and nothing else, each with its split."""
    found: dict[str, int] = {}
    wholes: dict[str, int] = {}
    given: Counter[str] = Counter()
    for node in own_nodes(place):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            given[ast.unparse(node)] += 1
        match node:
            case ast.Assign(targets=[target], value=ast.Call() as call):
                made_by = called_name(call.func)
                if made_by not in _SPLITS:
                    continue
                split = id(call)
                if made_by == "Subset" and call.args:
                    split = wholes.setdefault(ast.unparse(call.args[0]), split)
                for each in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                    found[ast.unparse(each)] = split
    return {name: split for name, split in found.items() if given[name] == 1}


def _once(own: dict[int, dict[str, int]], tree: ast.Module) -> dict[str, int]:
    """Return the attributes of `self` that hold parts, and are written to in one place alone."""
    stores = Counter(
        ast.unparse(node)
        for node in walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    return {
        name: split
        for parts in own.values()
        for name, split in parts.items()
        if name.startswith("self.") and stores[name] == 1
    }


def _uses_in(tree: ast.Module, place: ast.AST, parts: dict[str, int]) -> Iterator[_Bypass]:
    """Give what a scope makes of the data sets of parts, where it takes all rows."""
    for node in own_nodes(place):
        match node:
            case ast.Attribute(value=owner, attr="dataset", ctx=ast.Load()):
                holder = owner.value if isinstance(owner, ast.Subscript) else owner
                split = parts.get(ast.unparse(holder))
                if split is None:
                    continue
                value, is_loader = _follow(tree, node)
                target = _target_of(tree, place, value)
                if target is not None and (value is not node or isinstance(target, ast.For)):
                    part = ast.unparse(owner)
                    form = "loader" if is_loader else ast.unparse(value).replace(part, "_")
                    name = "" if isinstance(target, ast.For) else target
                    yield _Bypass(node, part, split, form, name, is_loader)


def _follow(tree: ast.Module, node: ast.AST) -> tuple[ast.AST, bool]:
    """Return what is made of all the rows of a data set, and whether a loader is."""
    parents, is_loader = parents_in(tree), False
    value = inner = node
    while (above := parents.get(id(inner))) is not None:
        match above:
            case ast.Attribute(attr=name):
                keeps = name in (_ROWS if inner is node else _SAME_ROWS)
            case ast.Call(func=func) if inner is func:
                keeps = True
            case ast.Call(func=func):
                name = called_name(func)
                is_loader = is_loader or name.endswith("Loader")
                is_chosen = any("sampler" in (each.arg or "") for each in above.keywords)
                keeps = name in _MAKERS or (is_loader and not is_chosen)
            case ast.Subscript(value=held, slice=index) if inner is held:
                keeps = _is_all(held, index)
            case ast.BinOp(right=ast.Constant()):
                keeps = True
            case ast.comprehension(iter=over, ifs=[]) if over is inner:
                keeps = True
            case ast.ListComp(generators=[_]) if isinstance(inner, ast.comprehension):
                keeps = True
            case ast.keyword() | ast.List():
                inner = above
                continue
            case _:
                keeps = False
        if not keeps:
            break
        value = inner = above
    return value, is_loader


def _is_all(held: ast.expr, index: ast.expr) -> bool:
    """Whether an index takes all rows: `[:, :n]`, `[:, -1]`, or one tensor of `tensors`."""
    if isinstance(held, ast.Attribute) and held.attr == "tensors":
        return isinstance(index, ast.Constant)
    first = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
    if isinstance(first, ast.Slice):
        return first.lower is None and first.upper is None and first.step is None
    return isinstance(first, ast.Constant) and first.value is Ellipsis


def _target_of(tree: ast.Module, place: ast.AST, value: ast.AST) -> str | ast.For | None:
    """Return what a value is called, the function that returns it, or the loop that is over it."""
    above = parents_in(tree).get(id(value))
    if isinstance(above, ast.Tuple):
        above = parents_in(tree).get(id(above))
    match above:
        case ast.Assign():
            for target, given in assigned_pairs(above):
                if any(each is value for each in walk(given)):
                    return ast.unparse(target)
        case ast.Return() if isinstance(place, Function):
            return place.name
        case ast.For(iter=over) if over is value:
            return above
    return None


def _is_called_after(use: _Bypass) -> bool:
    """Whether a loader of the whole is called after the kind of rows that the part is of."""
    words, own = words_of(use.target), words_of(use.part.removeprefix("self."))
    return use.is_loader and any(kind & words and kind & own for kind in _KINDS)


def _is_loaded(tree: ast.Module, part: str) -> bool:
    """Whether a loader is made of the part itself: that of the whole is another one."""
    return any(
        isinstance(node, ast.Call)
        and called_name(node.func).endswith("Loader")
        and part in [ast.unparse(each) for each in (*node.args, *_words(node))]
        for node in walk(tree)
    )


def _words(call: ast.Call) -> list[ast.expr]:
    """Return what a call is given by name."""
    return [each.value for each in call.keywords]
