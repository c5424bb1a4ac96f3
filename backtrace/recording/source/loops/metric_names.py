"""The names that a variable, a parameter or an attribute which holds a metric's name may have."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import called_name, parents_in
from backtrace.recording.source.walks import Function, walk

_DEEPEST = 3  # parameters that are followed, one handed on to another


def texts_of(key: ast.expr, tree: ast.Module, left: int = _DEEPEST) -> list[str]:
    """Return what a key may be, as far as it stands in the file; nothing where that is not sure.

    Nor where the file computes the metric of this name, and may turn it round there.
    """
    match key:
        case ast.Constant(value=str(text)):
            return [] if _is_computed(text, tree) else [text]
        case ast.Name(id=name):
            return _texts_of_name(name, key, tree, left)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            given = [
                value
                for node in walk(tree)
                if isinstance(node, ast.Attribute) and node.attr == name
                and isinstance(node.ctx, ast.Store)
                for value in [parents_in(tree).get(id(node))]
            ]  # fmt: skip
            match given:
                case [ast.Assign(value=value)] if left:
                    return texts_of(value, tree, left - 1)
    return []


def _texts_of_name(name: str, key: ast.Name, tree: ast.Module, left: int) -> list[str]:
    parents = parents_in(tree)
    takers = [each for each in walk(tree) if isinstance(each, ast.arg) and each.arg == name]
    if takers:
        taker = _taker_of(key, parents)
        return _texts_given(name, taker, tree, left) if taker is not None and left else []
    found: list[str] = []
    for node in walk(tree):
        if not isinstance(node, ast.Name) or node.id != name or isinstance(node.ctx, ast.Load):
            continue
        match parents.get(id(node)):
            case ast.Assign(value=ast.Constant(value=str(text))) as assign:
                is_known = _is_reached(assign, parents, tree) and not _is_computed(text, tree)
                found += [text] if is_known else []
            case _:
                return []
    return found


def _taker_of(key: ast.Name, parents: dict[int, ast.AST]) -> Function | None:
    """Return the function around a name that takes it; None where the name is written to."""
    node: ast.AST | None = key
    while node is not None:
        node = parents.get(id(node))
        if isinstance(node, Function):
            stores = (n for n in walk(node) if isinstance(n, ast.Name) and n.id == key.id)
            if any(isinstance(each.ctx, ast.Store) for each in stores):
                return None
            if any(each.arg == key.id for each in walk(node.args) if isinstance(each, ast.arg)):
                return node
    return None


def _texts_given(name: str, taker: Function, tree: ast.Module, left: int) -> list[str]:
    """Return what a parameter is given by all calls of the file, or by default."""
    above = parents_in(tree).get(id(taker))
    is_method = isinstance(above, ast.ClassDef)
    called = (
        above.name if isinstance(above, ast.ClassDef) and taker.name == "__init__" else taker.name
    )
    plain = [*taker.args.posonlyargs, *taker.args.args]
    names = [each.arg for each in plain][is_method:]
    defaults = dict(
        zip([each.arg for each in plain][::-1], taker.args.defaults[::-1], strict=False)
    )
    defaults |= {
        each.arg: value
        for each, value in zip(taker.args.kwonlyargs, taker.args.kw_defaults, strict=True)
        if value is not None
    }
    found: list[str] = []
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func) == called:
            value = _argument(node, name, names) or defaults.get(name)
            texts = texts_of(value, tree, left - 1) if value is not None else []
            if not texts:
                return []
            found += texts
    return found


def _argument(call: ast.Call, name: str, names: list[str]) -> ast.expr | None:
    """Return what a call gives a parameter: an Ellipsis, which is no text, where it is unclear."""
    if any(each.arg is None for each in call.keywords) or any(
        isinstance(each, ast.Starred) for each in call.args
    ):
        return ast.Constant(...)
    given = {each.arg: each.value for each in call.keywords}
    at = names.index(name) if name in names else len(call.args)
    return given.get(name) or (call.args[at] if at < len(call.args) else None)


def _is_computed(text: str, tree: ast.Module) -> bool:
    """Whether the file makes a metric of this name of others, and may turn it round there."""
    for node in walk(tree):
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        match node:
            case ast.Dict(keys=keys, values=values):
                pairs = list(zip(keys, values, strict=True))
            case ast.Assign(targets=[ast.Subscript(slice=key)], value=value):
                pairs = [(key, value)]
        for name, made in pairs:
            if isinstance(name, ast.Constant) and name.value == text and _may_turn(made):
                return True
    return False


def _may_turn(value: ast.expr) -> bool:
    """Whether something may be less, the more what it is made of is."""
    for each in walk(value):
        match each:
            case (
                ast.UnaryOp(op=ast.USub())
                | ast.BinOp(left=ast.Constant(), op=ast.Sub() | ast.Div())
            ):
                return True
            case ast.Call(func=func) if called_name(func) == "MetricsLambda":
                return True
    return False


def _is_reached(node: ast.stmt, parents: dict[int, ast.AST], tree: ast.Module) -> bool:
    """Whether a statement may be: the `if` around it does not ask what is the other way for all."""
    above = parents.get(id(node))
    if not isinstance(above, ast.If) or not isinstance(above.test, ast.Name):
        return True
    values = [
        each.value
        for each in walk(tree)
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == above.test.id
    ]
    match values:
        case [ast.Constant(value=value)]:
            return (node in above.body) == bool(value)
    return True
