"""How sources count right answers: `(said == wanted).sum()`, and what stands around that."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import called_name, word_set

# What hands a tensor on with the same elements.
SAME = word_set(
    "view reshape flatten contiguous long int to cuda cpu detach squeeze clone data ravel numpy"
)
_CONVERTED = word_set("float double int long to cpu cuda detach item type numpy view flatten")
_EQUAL = word_set("eq equal")


def bare_text(node: ast.expr) -> str:
    """Return a tensor's name, as it is written, past what only hands it on; '' of anything else."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in SAME:
                node = inner
            case ast.Attribute(value=inner, attr=attr) if attr in SAME:
                node = inner
            case ast.Name() | ast.Attribute():
                return ast.unparse(node)
            case ast.Subscript() if not picks_places(node):
                return ast.unparse(node)
            case _:
                return ""


def picks_places(node: ast.Subscript) -> bool:
    """Whether an index may be a mask: anything but numbers, words and slices."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return not all(isinstance(each, ast.Constant | ast.Slice | ast.UnaryOp) for each in parts)


def compared_sides(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """Return what `a == b`, `a.eq(b)` or `torch.eq(a, b)` compares; None of anything else."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return left, right
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=[one, other]):
            return (one, other) if attr in _EQUAL else None
        case ast.Call(func=ast.Attribute(value=one, attr="eq"), args=[other]):
            return one, other
    return None


def reduced(node: ast.AST, parents: dict[int, ast.AST]) -> tuple[str, ast.AST]:
    """Return how the answer of a comparison is reduced, "sum", "mean" or '', and what that is.

    The second is past conversions too, such as `.item()`.
    """
    how = ""
    while True:
        above = parents.get(id(node))
        match above:
            case ast.Attribute(attr=attr):
                call = parents.get(id(above))
                if not isinstance(call, ast.Call) or call.func is not above or call.args[1:]:
                    return how, node
                if attr in ("sum", "mean") and not how and not (call.args or call.keywords):
                    how = attr
                elif attr not in _CONVERTED:
                    return "", node
                node = call
            case ast.Call(func=func, args=[only], keywords=[]) if only is node:
                name = called_name(func)
                if name in ("sum", "mean") and not how and ast.unparse(func) == f"torch.{name}":
                    how = name
                elif name not in ("float", "int"):
                    return how, node
                node = above
            case _:
                return how, node
