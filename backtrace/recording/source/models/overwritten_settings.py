"""Settings of a module that its call writes over with what it makes of them for one batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_CALLS = word_set("forward __call__ __getitem__")
_MOVES = word_set("to cuda cpu type type_as float double long int bool half detach clone data")
_SHAPES = _MOVES | word_set("view reshape flatten squeeze unsqueeze contiguous ravel")
_MADE_OF_SIZES = word_set("tril triu linspace")
_MADE = _MADE_OF_SIZES | word_set("tensor Tensor FloatTensor as_tensor from_numpy array asarray")
_LOOKUPS = word_set("gather index_select take")
_MASKED = word_set("masked_fill masked_select logical_and mul")
# What is carried from one call to the next, and meant to be.
_CARRIED = word_set(
    "state states hidden h c memory mem cache buffer queue particle particles belief beam beams "
    "prev previous last current curr running ema avg average total count alive done active scores"
)
_SETTINGS = word_set(
    "alpha gamma lambda lam weight mask masks margin scale temperature tau threshold coef coeff "
    "sigma bias priors anchors"
)
_RATES = word_set("epoch step steps iter iteration decay factor rate lr momentum done dones reset")


def find_overwritten_settings(scope: Scope) -> Iterator[Slip]:
    """Give each `self.alpha = self.alpha.gather(0, labels)`: the next call finds another alpha.

    Of what `__init__` was given or made of it, and no other method writes.
    """
    if not isinstance(scope.node, ast.Module):
        return
    for node in walk(scope.tree):
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, Function)]
            inits = [each for each in methods if each.name == "__init__"]
            for call in methods:
                if inits and call.name in _CALLS and not _returns_self(call):
                    yield from _find_in(scope, node, inits[0], call)


def _find_in(
    scope: Scope, of: ast.ClassDef, init: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.AST
) -> Iterator[Slip]:
    written = _written_in(call)
    if not written:
        return
    settings = _settings_of(init)
    elsewhere = _written_elsewhere(scope.tree, of, (init, call))
    given = _arguments(call)
    for name, values in written.items():
        own = [(node, value) for node, value in values if not _is_moved(value, name)]
        if len(own) != 1 or name not in settings or name in elsewhere:
            continue
        node, value = own[0]
        if words_of(name) & _CARRIED or not _is_plain(scope.tree, call, node, name):
            continue
        if _is_of_batch(value, name, given, call) and not _is_made_anew(scope.tree, of.name):
            yield Slip(node.lineno, "setting", f"self.{name}", ast.unparse(value)[:LONGEST])


def _written_in(method: ast.AST) -> dict[str, list[tuple[ast.stmt, ast.expr]]]:
    """Return what a method assigns to attributes of its own."""
    found: dict[str, list[tuple[ast.stmt, ast.expr]]] = {}
    for node in own_nodes(method):
        match node:
            case ast.Assign(targets=[target], value=value) if name := _own(target):
                found.setdefault(name, []).append((node, value))
            case ast.AugAssign(target=target, op=op, value=value) if name := _own(target):
                whole = ast.BinOp(_self(name), op, value)
                found.setdefault(name, []).append((node, ast.copy_location(whole, node)))
    return found


def _self(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load())


def _own(node: ast.AST) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""


def _settings_of(init: ast.AST) -> set[str]:
    """Return the attributes that `__init__` was given, or made of what it was given."""
    given = _arguments(init)
    found = {
        name
        for name, values in _written_in(init).items()
        if any(_is_setting(value, given) for _, value in values)
    }
    for node in own_nodes(init):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="register_buffer"),
                args=[ast.Constant(value=str() as name), value, *_],
            ) if _is_setting(value, given):
                found.add(name)
    return found


def _is_setting(node: ast.expr, given: set[str]) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):  # `config.alpha`
            return name in given
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.BinOp(left=left, right=right):
            return _is_setting(left, given) and _is_setting(right, given)
        case ast.Call(func=func, args=[inner, *_]) if called_name(func) in _MADE:
            is_list = isinstance(inner, ast.List | ast.Tuple)
            is_own = called_name(func) in _MADE_OF_SIZES
            return is_list or is_own or _is_setting(inner, given)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPES:
            return _is_setting(inner, given)
    return False


def _written_elsewhere(tree: ast.Module, of: ast.ClassDef, own: tuple[ast.AST, ...]) -> set[str]:
    """Return the attributes that others write: other methods, and whoever holds an object."""
    known = {id(each) for method in own for each in walk(method)}
    own_class = {id(each) for each in walk(of)}
    return {
        node.attr
        for node in walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if id(node) not in known and (id(node) in own_class or not _own(node))
    }


def _arguments(method: ast.AST) -> set[str]:
    if not isinstance(method, Function):
        return set()
    every = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]
    return {each.arg for each in every} - {"self"}


def _is_plain(tree: ast.Module, call: ast.AST, node: ast.stmt, name: str) -> bool:
    """Whether each call comes to a statement, save for those without the setting."""
    parents = parents_in(tree)
    above = parents.get(id(node))
    while above is not None and above is not call:
        match above:
            case ast.If(test=ast.Compare(left=left, ops=[ast.IsNot()])) if _own(left) == name:
                pass
            case ast.If(test=test) if _own(test) == name:
                pass
            case ast.With():
                pass
            case _:
                return False
        above = parents.get(id(above))
    return True


def _is_moved(value: ast.expr, name: str) -> bool:
    """Whether an attribute is written anew as it is, elsewhere or of another kind."""
    return _own(_unshaped(value, _MOVES)) == name


def _unshaped(node: ast.expr, ways: frozenset[str]) -> ast.expr:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in ways:
            return _unshaped(inner, ways)
        case ast.Attribute(value=inner, attr="data"):
            return _unshaped(inner, ways)
    return node


def _is_of_batch(value: ast.expr, name: str, given: set[str], call: ast.AST) -> bool:
    """Whether rows of a setting are looked up for a batch, or the setting is changed by one."""
    value = _unshaped(value, _SHAPES)
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=args) if attr in _LOOKUPS:
            whole = [inner, *args]
        case ast.Subscript(value=inner, slice=chosen):
            whole = [inner, *(chosen.elts if isinstance(chosen, ast.Tuple) else [chosen])]
        case _:
            return _is_changed(value, name, given, call)
    is_own = any(_own(_unshaped(each, _SHAPES)) == name for each in whole[:2])
    same = given | _shaped_in(call, given)
    return is_own and any(_is_one_of(_unshaped(each, _SHAPES), same) for each in whole[1:])


def _is_changed(value: ast.expr, name: str, given: set[str], call: ast.AST) -> bool:
    match value:
        case ast.BinOp(left=left, op=ast.Mult() | ast.BitAnd(), right=right):
            sides = [left, right]
        case ast.BinOp(left=left, op=ast.Div(), right=right) if _own(left) == name:
            sides = [left, right]
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[first, *_]) if (
            attr in _MASKED
        ):
            sides = [inner, first]
        case _:
            return False
    if not words_of(name) & _SETTINGS:
        return False
    others = [each for each in sides if _own(_unshaped(each, _SHAPES)) != name]
    if len(others) != 1:
        return False
    reads = names_in(others[0])
    is_rate = any(words_of(each) & _RATES for each in reads)
    return not is_rate and bool(reads & (given | _shaped_in(call, given)))


def _shaped_in(call: ast.AST, given: set[str]) -> set[str]:
    """Return the variables that are an argument in another shape, or of another kind."""
    return {
        node.targets[0].id
        for node in own_nodes(call)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if _is_one_of(_unshaped(node.value, _SHAPES), given)
    }


def _is_one_of(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _returns_self(method: ast.AST) -> bool:
    """Whether a call gives the object itself, which it may well change."""
    values = (node.value for node in own_nodes(method) if isinstance(node, ast.Return))
    return any(isinstance(each, ast.Name) and each.id == "self" for each in values)


def _is_made_anew(tree: ast.Module, name: str) -> bool:
    """Whether all objects of a class are made in loops, or called as they are made."""
    parents = parents_in(tree)
    made = [
        node for node in walk(tree) if isinstance(node, ast.Call) and called_name(node.func) == name
    ]
    return bool(made) and all(_is_in_a_loop(node, parents) for node in made)


def _is_in_a_loop(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    above = parents.get(id(node))
    if isinstance(above, ast.Call) and above.func is node:
        return True
    while above is not None and not isinstance(above, Function):
        if isinstance(above, ast.For | ast.While):
            return True
        above = parents.get(id(above))
    return False
