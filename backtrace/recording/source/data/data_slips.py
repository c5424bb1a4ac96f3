"""Data that are made ready the wrong way: statistics, mixtures, returns, triplets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_HELD_OUT = word_set("test val valid validation dev eval te")
_TRAINED = word_set("train training tr fit")
# What numbers words or labels, by the order in which it finds them.
_INDEXES = word_set(
    "LabelEncoder OrdinalEncoder OneHotEncoder LabelBinarizer CountVectorizer TfidfVectorizer"
)
_NEGATIVE = word_set("neg negative negatives n")
_POSITIVE = word_set("pos positive positives p")
_ANCHOR = word_set("anchor anchors anc a query q")


def find_data_slips(scope: Scope) -> Iterator[Slip]:
    """Give each such thing of a scope."""
    yield from _find_statistics(scope)
    yield from _find_returns(scope)
    yield from _find_mixed(scope)
    yield from _find_triplets(scope)


def _find_statistics(scope: Scope) -> Iterator[Slip]:
    """Give what is held out and scaled by its own statistics, where training data are, too."""
    found: dict[str, list[tuple[int, str]]] = {}
    for node in scope.nodes():
        match node:
            case ast.BinOp(left=ast.BinOp(left=data, op=ast.Sub(), right=mean), op=ast.Div()):
                if _takes(mean, data, "mean") and _takes(node.right, data, "std"):
                    found.setdefault("", []).append((node.lineno, ast.unparse(data)))
            case ast.Call(func=ast.Attribute(value=scaler, attr="fit_transform"), args=[data, *_]):
                name = ast.unparse(data).partition("[")[0]
                found.setdefault(ast.unparse(scaler), []).append((node.lineno, name))
    if len(found) > 1:
        found = _join_encoders(scope, found)
    for by, fits in found.items():
        is_index = any(each in by for each in _INDEXES) or _kind_of(scope, by) in _INDEXES
        trained = [name for _, name in fits if words_of(name) & _TRAINED]
        for line, name in fits:
            own = words_of(name)
            beside = [each for each in trained if words_of(each) - _TRAINED == own - _HELD_OUT]
            if own & _HELD_OUT and beside:
                yield Slip(line, "vocabulary" if is_index else "statistics", name, beside[0])
                break


def _join_encoders(
    scope: Scope, found: dict[str, list[tuple[int, str]]]
) -> dict[str, list[tuple[int, str]]]:
    """Take two encoders of one kind together: each has an index of its own."""
    joined: dict[str, list[tuple[int, str]]] = {}
    for scaler, fits in found.items():
        kind = _kind_of(scope, scaler) if scaler else ""
        joined.setdefault(kind if kind in _INDEXES else scaler, []).extend(fits)
    return joined


def _kind_of(scope: Scope, name: str) -> str:
    """Return the class of what a variable of the scope is made of, '' where it is none."""
    if not name.isidentifier():
        return ""
    for node in scope.nodes():
        match node:
            case ast.Assign(
                targets=[ast.Name(id=made)],
                value=ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)),
            ):
                if made == name:
                    return kind
    return ""


def _takes(node: ast.expr, data: ast.expr, name: str) -> bool:
    """Whether an expression holds a call of `name` on, or of, this data."""
    text = ast.unparse(data)
    for each in walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=value, attr=attribute), args=args):
                if attribute == name and text in [ast.unparse(value), *map(ast.unparse, args)]:
                    return True
    return False


def _find_returns(scope: Scope) -> Iterator[Slip]:
    """Give the list of returns that is filled from the last step on and never turned round."""
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or not _is_backwards(loop.iter):
            continue
        sums = {
            name
            for node in own_nodes(loop)
            for name in _accumulated(node)
        }  # fmt: skip
        for node in own_nodes(loop):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=kept), attr="append"),
                    args=[ast.Name(id=name)],
                ):
                    if name in sums and count_reversals(scope.tree) == 1:
                        yield Slip(node.lineno, "returns", kept, name)
                        return


def _accumulated(node: ast.AST) -> Iterator[str]:
    """Give the name of a sum that goes on: `total = reward + discount * total`."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.Add()) as value):
            products = [e for e in (value.left, value.right) if isinstance(e, ast.BinOp)]
            if any(
                isinstance(each, ast.Name) and each.id == name
                for product in products
                if isinstance(product.op, ast.Mult)
                for each in walk(product)
            ):
                yield name


def _is_backwards(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="reversed")):
            return True
        case ast.Subscript(slice=ast.Slice(lower=None, upper=None, step=step)):
            return step is not None and ast.unparse(step) == "-1"
    return False


def count_reversals(tree: ast.AST, but: str = "") -> int:
    """Return how often a file turns anything round, `but` for what is written so."""
    return sum(
        isinstance(node, ast.expr) and bool(turned := _turned(node)) and turned != but
        for node in walk(tree)
    )


def _turned(node: ast.expr) -> str:
    """Return what an expression turns round, as it is written; '' where it turns nothing."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=owner, attr="reverse" | "flip" | "flipud" | "insert" | "appendleft"
            )
        ):
            return ast.unparse(owner)
        case ast.Call(func=ast.Name(), args=[inner, *_]) | ast.Subscript(value=inner):
            return ast.unparse(inner) if _is_backwards(node) else ""
    return ast.unparse(node) if _is_backwards(node) else ""


def _find_mixed(scope: Scope) -> Iterator[Slip]:
    """Give inputs that are mixed with other rows by a weight that nothing else reads."""
    for node in scope.statements():
        match node:
            case ast.Assign(value=ast.BinOp(op=ast.Add()) as value):
                found = _read_mixture(value)
                if found is not None and _is_used_there_alone(scope, value, found[0]):
                    yield Slip(node.lineno, "mixed-alone", found[1], found[0])


def _read_mixture(value: ast.BinOp) -> tuple[str, str] | None:
    """Return the weight and the data of `w * x + (1 - w) * x[order]`."""
    match value.left, value.right:
        case (
            ast.BinOp(left=ast.Name(id=weight), op=ast.Mult(), right=ast.Name(id=data)),
            ast.BinOp(left=rest, op=ast.Mult(), right=ast.Subscript(value=ast.Name(id=other))),
        ):
            if other == data and ast.unparse(rest).replace(" ", "") in (
                f"1-{weight}",
                f"1.0-{weight}",
            ):
                return weight, data
    return None


def _is_used_there_alone(scope: Scope, value: ast.BinOp, weight: str) -> bool:
    inside = {id(node) for node in walk(value)}
    others = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.Name) and node.id == weight and id(node) not in inside
    ]
    return all(isinstance(node.ctx, ast.Store) for node in others) and bool(others)


def _find_triplets(scope: Scope) -> Iterator[Slip]:
    """Give the calls with an anchor, a negative and a positive, in this order."""
    for node in scope.nodes():
        match node:
            case ast.Call(args=[first, second, third]):
                called = ast.unparse(node.func).lower()
                if not any(word in called for word in ("loss", "crit", "triplet")):
                    continue
                words = [words_of(_name_of(each)) for each in (first, second, third)]
                is_triplet = "triplet" in called or bool(words[0] & _ANCHOR)
                if is_triplet and words[1] & _NEGATIVE and words[2] & _POSITIVE:
                    yield Slip(node.lineno, "triplet", _name_of(second), _name_of(third))


def _name_of(node: ast.expr) -> str:
    """Return the name of an argument, of what a model is called on, or of the rows it is."""
    match node:
        case ast.Name(id=name) | ast.Subscript(slice=ast.Name(id=name)):
            return name
        case ast.Call(args=[inner]) if not isinstance(inner, ast.Starred):
            return _name_of(inner)
    return ""
