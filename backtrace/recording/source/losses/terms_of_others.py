"""Two terms that belong together, of which one is computed from what is not its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name, word_set
from backtrace.recording.source.walks import Function, walk

_PARTS = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")
_COUPLES = frozenset(
    frozenset(each.split())
    for each in (
        "left right", "first second", "one two", "src tgt", "src trg", "source target", "img txt",
        "image text", "anchor positive", "real fake", "pos neg", "query key", "user item",
    )
)  # fmt: skip
_MEASURES = word_set(
    "var std mean norm cov corrcoef logsumexp softmax log_softmax logsigmoid off_diagonal "
    "criterion bce mse"
)
_MEASURE_ENDS = ("_loss", "loss", "cross_entropy", "similarity", "with_logits", "distance")
_SPREADS = word_set("var std")
_PER_ROW = word_set("cosine_similarity pairwise_distance norm sum mean vector_norm")
_FAR = 3  # statements from one to the other, at most
_Pair = tuple[ast.stmt, str, ast.expr]


def find_terms_of_others(scope: Scope) -> Iterator[Slip]:
    """Give each second of a pair of statements that repeats the first, or measures other things.

    `std_y = f(x)` behind `std_x = f(x)`, where there is a `y`; and a deviation of one number for
    each row beside one of features, where both are held above the same. Also a sum with one term
    twice, where what the second should be of is read nowhere.
    """
    values: LastGiven | None = None
    yield from _find_twice(scope)
    for block in scope.blocks:
        pairs = [_pairs_of(node) for node in block]
        for at, firsts in enumerate(pairs):
            if not firsts:
                continue
            for later in range(at + 1, min(at + 1 + _FAR, len(pairs))):
                if not pairs[later]:
                    break  # what is called between may change what both are computed from
                for one in firsts:
                    for other in pairs[later]:
                        ends = _ends_of(one[1], other[1])
                        if ends is None:
                            continue
                        yield from _find_repeated(scope, one, other, ends)
                        values = values or LastGiven(scope.tree, scope.node)
                        yield from _find_unlike(scope, one, other, ends, values)


def _find_twice(scope: Scope) -> Iterator[Slip]:
    """Give each term that a sum has twice, beside a variable of the couple that nothing reads."""
    parts: set[int] = set()
    for node in sorted(scope.nodes(), key=lambda each: getattr(each, "col_offset", 0)):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add) or id(node) in parts:
            continue
        terms, waiting = [], [node.left, node.right]
        for each in waiting:  # it grows
            if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add):
                parts.add(id(each))
                waiting += [each.left, each.right]
            elif _is_measured(each) or isinstance(each, ast.Name):
                terms.append(ast.unparse(each))
        for text in sorted({each for each in terms if terms.count(each) == 2}):
            left_out = _unread_beside(scope, text)
            if left_out:
                yield Slip(node.lineno, "added-twice", text[:LONGEST], left_out)


def _unread_beside(scope: Scope, text: str) -> str:
    """Return a variable that nothing reads, and whose couple a term is of; '' where none is."""
    stored = {
        node.id
        for node in scope.nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for name in sorted(_names_in(ast.parse(text)) & stored):
        for other in sorted(stored):
            if _ends_of(name, other) and not scope.is_read(other):
                return other
    return ""


def _pairs_of(node: ast.stmt) -> list[_Pair]:
    return [
        (node, ast.unparse(target), value)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name | ast.Attribute)
    ]


def _ends_of(one: str, other: str) -> tuple[str, str] | None:
    """Return the parts in which two names differ, where that is one, and one of a couple."""
    parts = _PARTS.findall(one), _PARTS.findall(other)
    if len(parts[0]) != len(parts[1]):
        return None
    apart = [(a, b) for a, b in zip(*parts, strict=True) if a != b]
    return apart[0] if len(apart) == 1 and _are_couple(*apart[0]) else None


def _are_couple(one: str, other: str) -> bool:
    if one.isdigit() or other.isdigit():
        return one.isdigit() and other.isdigit() and abs(int(one) - int(other)) == 1
    if len(one) == len(other) == 1:
        return one.isalpha() and other.isalpha()
    return frozenset((one, other)) in _COUPLES


def _find_repeated(scope: Scope, one: _Pair, other: _Pair, ends: tuple[str, str]) -> Iterator[Slip]:
    """Give a statement whose value is that of another, where what it should be of exists."""
    text = ast.unparse(one[2])
    if text != ast.unparse(other[2]) or not _is_measured(one[2]):
        return
    for (right, wrong), (first, second) in (((one, other), ends), ((other, one), ends[::-1])):
        own = [each for each in _names_in(one[2]) if first in _PARTS.findall(each)]
        if any(second in _PARTS.findall(each) for each in _names_in(one[2])):
            return
        swapped = {_swap(each, first, second) for each in own}
        are_read = _is_read(scope, right[1]) and _is_read(scope, wrong[1])
        if swapped and swapped <= _known_in(scope) and are_read:
            told = f"{wrong[1]} = {text}"[:LONGEST]
            yield Slip(wrong[0].lineno, "repeated", told, right[1])


def _find_unlike(
    scope: Scope, one: _Pair, other: _Pair, ends: tuple[str, str], values: LastGiven
) -> Iterator[Slip]:
    """Give a deviation over the rows of what is one number for each, beside one of features."""
    measured = [_spread_in(each[2]) for each in (one, other)]
    if None in measured or not all(_is_held(scope, each[1]) for each in (one, other)):
        return
    are_distances = [_is_per_row(values.follow(each)) for each in measured if each is not None]
    if are_distances.count(True) != 1:
        return
    at = are_distances.index(True)
    said = measured[at]
    if said is not None and ends[at] not in _PARTS.findall(said.id):
        yield Slip((one, other)[at][0].lineno, "unlike", (one, other)[at][1], said.id)


def _spread_in(node: ast.expr) -> ast.Name | None:
    """Return what a variance or deviation over the rows is taken of."""
    for each in walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=args):
                inner, rest = (args[0] if args else None), args[1:]
            case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=rest):
                pass
            case _:
                continue
        axes = [*rest[:1], *(word.value for word in each.keywords if word.arg in {"dim", "axis"})]
        is_over_rows = [ast.unparse(axis).strip("[](),") for axis in axes] == ["0"]
        if attr in _SPREADS and is_over_rows and isinstance(inner, ast.Name):
            return inner
    return None


def _is_per_row(node: ast.expr) -> bool:
    """Whether something is one number for each row: a distance, or a sum over what is in a row."""
    match node:
        case (
            ast.BinOp(left=ast.Constant(), right=inner)
            | ast.BinOp(left=inner, right=ast.Constant())
        ):
            return _is_per_row(inner)
        case ast.UnaryOp(operand=inner):
            return _is_per_row(inner)
        case ast.Call(func=func, args=args, keywords=keywords):
            name, words = called_name(func), {word.arg: word.value for word in keywords}
            axis = words.get("dim", words.get("axis", args[-1] if args else None))
            is_within = axis is not None and ast.unparse(axis) in {"1", "-1"}
            is_distance = name in {"cosine_similarity", "pairwise_distance"}
            return name in _PER_ROW and "keepdim" not in words and (is_distance or is_within)
    return False


def _is_held(scope: Scope, name: str) -> bool:
    """Whether a deviation is taken from a bound, below which it is made larger."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and ast.unparse(node.right) == name
        for node in scope.nodes()
    )


def _is_measured(node: ast.expr) -> bool:
    names = (called_name(each.func) for each in walk(node) if isinstance(each, ast.Call))
    return any(name in _MEASURES or name.lower().endswith(_MEASURE_ENDS) for name in names)


def _names_in(node: ast.AST) -> set[str]:
    """Return the names, attributes and keys that stand in something."""
    found: set[str] = set()
    for each in walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
                found.add(name)
    return found


def _swap(name: str, one: str, other: str) -> str:
    return "".join(other if part == one else part for part in _PARTS.findall(name))


def _known_in(scope: Scope) -> set[str]:
    """Return what is given a value in a scope, is given to it, or is an attribute or a key."""
    found: set[str] = set()
    if isinstance(scope.node, Function):
        every = scope.node.args
        found |= {each.arg for each in (*every.posonlyargs, *every.args, *every.kwonlyargs)}
    for node in scope.nodes():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    for node in walk(scope.tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Constant(value=str() as name):
                found.add(name)
    return found


def _is_read(scope: Scope, name: str) -> bool:
    nodes = walk(scope.tree) if "." in name else scope.nodes()
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and ast.unparse(node) == name
        for node in nodes
    )
