"""Sums of means whose number is counted beside them, and which are told without it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_COUNTS = word_set("count counts counter cnt n num batches samples seen")
# What takes a mean, and what is one, by the words of its name.
_MEANS = word_set("mean nanmean average")
_MEASURES = word_set("acc accuracy iou miou dice f1 score scores precision recall loss mae mse")
_TOLD = word_set("print format append log info write add_scalar log_metric round")
# With these a variable may be read that does not stand in the source by name.
_READS_ALL = word_set("vars getattr locals asdict __dict__ __getattribute__")


def find_undivided_sums(scope: Scope) -> Iterator[Slip]:
    """Give the sum of each pair of lines that add a mean up and count it, where nothing divides.

    The count is never read in the whole file, and the sum is told as it is: returned by a method
    for what it keeps in itself, printed or logged for a variable.
    """
    pairs = list(_pairs(scope))
    if not pairs or any(called_name(node) in _READS_ALL for node in _named_in(scope.tree)):
        return
    parents = parents_in(scope.tree)
    for sum_, count in pairs:
        own = isinstance(sum_.target, ast.Name)
        within = scope.node if own else scope.tree
        if _reads(within, count.target) or (own and not _is_own(scope, sum_.target, count.target)):
            continue
        reads = _reads(within, sum_.target)
        if any(_is_told(node, parents, own=own) for node in reads) and not any(
            _is_reckoned_with(node, parents, own=own) for node in reads
        ):
            name, counted = ast.unparse(sum_.target), ast.unparse(count.target)
            yield Slip(sum_.lineno, "undivided", name, counted)


def _pairs(scope: Scope) -> Iterator[tuple[ast.AugAssign, ast.AugAssign]]:
    """Give each sum of means and the count that stands beside it, among the same statements."""
    for node in (scope.node, *scope.nodes()):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        added = [each for each in body if _adds(each)]
        counts = [each for each in added if _is_count(each)]
        sums = [each for each in added if each not in counts and _adds_mean(each)]
        if len(counts) == 1:
            yield from ((each, counts[0]) for each in sums if _alike(each, counts[0]))


def _adds(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.AugAssign)
        and isinstance(node.op, ast.Add)
        and isinstance(node.target, ast.Name | ast.Attribute)
    )


def _alike(one: ast.AugAssign, other: ast.AugAssign) -> bool:
    """Whether both are variables, or both are kept in the object itself."""
    return type(one.target) is type(other.target)


def _is_count(node: ast.AugAssign) -> bool:
    """Whether one is added, or a size, to what is called a count."""
    match node.value:
        case ast.Constant(value=1):
            is_one = True
        case ast.Call(func=func):
            is_one = called_name(func) in ("len", "size")
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            is_one = True
        case _:
            is_one = False
    return is_one and bool(words_of(called_name(node.target)) & _COUNTS)


def _adds_mean(node: ast.AugAssign) -> bool:
    """Whether what is added is a mean: of a call that takes one, or a measure of one batch."""
    calls = [each for each in walk(node.value) if isinstance(each, ast.Call)]
    names = {called_name(each.func) for each in calls}
    if names & _MEANS:
        return not isinstance(node.value, ast.BinOp)
    added = node.value
    if isinstance(added, ast.Call) and called_name(added.func) == "item":
        added = added.func.value if isinstance(added.func, ast.Attribute) else added
    is_measured = isinstance(added, ast.Name) and bool(words_of(added.id) & _MEASURES)
    return is_measured and bool(words_of(called_name(node.target)) & _MEASURES)


def _named_in(tree: ast.AST) -> Iterator[ast.Name | ast.Attribute]:
    return (node for node in walk(tree) if isinstance(node, ast.Name | ast.Attribute))


def _is_own(scope: Scope, *targets: ast.expr) -> bool:
    """Whether variables are the scope's own, and nothing inside of it reads them."""
    names = [each.id for each in targets if isinstance(each, ast.Name)]
    tables = [scope.table.lookup(name) for name in names]
    is_far = any(each.is_nonlocal() or each.is_declared_global() for each in tables)
    return not is_far and not any(map(scope.is_read_inside, names))


def _reads(within: ast.AST, target: ast.expr) -> list[ast.expr]:
    """Return where what an addition goes to is read, in a scope or, by its attribute, the file."""
    return [
        node
        for node in walk(within)
        if type(node) is type(target)
        and isinstance(node, ast.Name | ast.Attribute)
        and called_name(node) == called_name(target)
        and isinstance(node.ctx, ast.Load)
    ]


def _is_told(node: ast.AST, parents: dict[int, ast.AST], *, own: bool) -> bool:
    """Whether a sum goes out as it is: `return self.score`, or `print(f"{score:.3f}")`."""
    above = _above_item(node, parents)
    if not own:
        return isinstance(above, ast.Return)
    while isinstance(above, ast.FormattedValue | ast.JoinedStr):
        above = parents.get(id(above))
    return isinstance(above, ast.Call) and called_name(above.func) in _TOLD


def _is_reckoned_with(node: ast.AST, parents: dict[int, ast.AST], *, own: bool) -> bool:
    """Whether anything else is made of a sum than to tell it.

    What a function returns is the caller's to divide; what an object returns of itself, too, where
    the file divides what its method gives.
    """
    above = _above_item(node, parents)
    if own:
        return not _is_told(node, parents, own=True)
    if not isinstance(above, ast.Return):
        return True
    while above is not None and not isinstance(above, ast.FunctionDef):
        above = parents.get(id(above))
    return above is None or _is_divided_after(above.name, parents)


def _is_divided_after(name: str, parents: dict[int, ast.AST]) -> bool:
    """Whether the file divides what a call of this name gives, at once or under a name."""
    nodes = {id(each): each for each in parents.values()}.values()
    kept, divided = set[str](), set[str]()
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Div(), left=left) | ast.AugAssign(op=ast.Div(), target=left):
                divided |= {called_name(each) for each in _named_in(left)}
            case ast.Call(func=func) if called_name(func) == name:
                above = _above_item(node, parents)
                if isinstance(above, ast.BinOp | ast.AugAssign):
                    return True
                if isinstance(above, ast.Assign):
                    kept |= {called_name(each) for each in above.targets}
    return bool(kept & divided)


def _above_item(node: ast.AST, parents: dict[int, ast.AST]) -> ast.AST | None:
    """Return what a value stands in, past `.item()`, `float(…)` and the like."""
    above = parents.get(id(node))
    while isinstance(above, ast.Attribute) and above.attr in ("item", "cpu", "detach", "numpy"):
        above = parents.get(id(parents.get(id(above))))
    while isinstance(above, ast.Call) and called_name(above.func) in ("float", "round"):
        above = parents.get(id(above))
    return above
