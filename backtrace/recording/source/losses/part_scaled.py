"""Similarities of which only some are divided by the temperature, before one softmax over all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

_TEMPERATURES = word_set("temperature temp tau")
_PRODUCTS = word_set("matmul bmm mm einsum cosine_similarity")
_SOFTMAXES = word_set("cross_entropy criterion log_softmax softmax logsumexp loss ce celoss")
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return)
_JOINS = word_set("cat concat hstack")


def find_part_scaled(scope: Scope) -> Iterator[Slip]:
    """Give what is joined of similarities with a temperature and of others without one."""
    joins = [node for node in scope.nodes() if _parts_of(node)]
    if not joins:
        return
    chains = _Chains(scope)
    for node in joins:
        parts = _parts_of(node)
        scaled = [each for each in parts if chains.has(each, _is_scaling)]
        plain = [each for each in parts if each not in scaled and chains.has(each, _is_product)]
        is_all = len(scaled) + len(plain) == len(parts)
        if scaled and plain and is_all and chains.ends_in_softmax(node):
            yield Slip(
                node.lineno,  # type: ignore[attr-defined]
                "part-scaled",
                ast.unparse(plain[0])[:LONGEST],
                ast.unparse(scaled[0])[:LONGEST],
            )


def _parts_of(node: ast.AST) -> list[ast.expr]:
    """Return what is joined by `torch.cat([a, b], 1)`."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr=name),
            args=[ast.List(elts=parts) | ast.Tuple(elts=parts), *_],
        ) if name in _JOINS and len(parts) > 1:
            return parts
    return []


def _is_scaling(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name == "T" or "scale" in name.lower() or bool(words_of(name) & _TEMPERATURES)
        case ast.Attribute(value=owner, attr=name):
            is_own = name == "T" and isinstance(owner, ast.Name) and owner.id == "self"
            return is_own or "scale" in name or bool(words_of(name) & _TEMPERATURES)
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=float() as number)):
            return 0 < number < 1
    return False


def _is_product(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.MatMult()):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _PRODUCTS
    return False


class _Chains:
    """What the names of a function are made of, by its own lines."""

    def __init__(self, scope: Scope) -> None:
        self._nodes = list(scope.nodes())
        self._given: dict[str, list[ast.expr]] = {}
        for node in self._nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._given.setdefault(name, []).append(value)
                case ast.AugAssign(target=ast.Name(id=name)):
                    self._given.setdefault(name, []).append(node.value)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args):
                    if method.endswith("_"):
                        self._given.setdefault(name, []).extend(args)

    def has(self, node: ast.AST, is_wanted: Callable[[ast.AST], bool]) -> bool:
        """Whether something stands in an expression, or in what its names are made of."""
        left, seen = [node], set[str]()
        while left:
            for each in walk(left.pop()):
                if is_wanted(each):
                    return True
                if isinstance(each, ast.Name) and each.id not in seen:
                    seen.add(each.id)
                    left.extend(self._given.get(each.id, ()))
        return False

    def ends_in_softmax(self, join: ast.AST) -> bool:
        """Whether what is joined goes into a softmax as it is, with no temperature after it."""
        names = {
            node.targets[0].id
            for node in self._nodes
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and any(each is join for each in walk(node.value))
        }
        is_used = False
        for node in self._nodes:
            if not isinstance(node, _SIMPLE):
                continue
            inside = list(walk(node))
            is_here = any(each is join for each in inside)
            if not is_here and not any(isinstance(e, ast.Name) and e.id in names for e in inside):
                continue
            if any(_is_scaling(each) for each in _beside(node, join)):
                return False
            is_used = is_used or isinstance(node, ast.Return) or any(map(_is_softmax, inside))
        return is_used


def _beside(node: ast.AST, join: ast.AST) -> Iterator[ast.AST]:
    """Give what stands in an expression, but not in the join."""
    if node is not join:
        yield node
        for child in ast.iter_child_nodes(node):
            yield from _beside(child, join)


def _is_softmax(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name.lower() in _SOFTMAXES or bool(words_of(name) & _SOFTMAXES)
    return False
