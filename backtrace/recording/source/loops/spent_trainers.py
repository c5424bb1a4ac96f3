"""Fits of a Lightning Trainer whose epochs another fit of the same Trainer has used up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.bound_calls import arguments_of
from backtrace.recording.source.imports import full_name
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    given_once,
    names_in,
    opened,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LIMITS = ("max_epochs", "max_steps")
# What a file reaches into that sets a Trainer's count back, or raises its limit.
_COUNTS = word_set("fit_loop epoch_loop epoch_progress")
_WRITTEN = word_set("max_epochs max_steps current_epoch should_stop")
_LETS_BE = word_set("Tuner print str repr isinstance hasattr getattr id type")
_BEFORE_CKPT = 4  # arguments of `fit` that come before the checkpoint that it goes on from
Block = ast.For | ast.While


@dataclass(frozen=True)
class _TrainerFit:
    """A call that fits: `call` of the Trainer itself, `site` where a scope brings it about."""

    call: ast.Call
    site: ast.Call


def find_spent_trainers(scope: Scope) -> Iterator[Slip]:
    """Give the fits, and in `beside` the limit that is reached by then."""
    for name, made in _trainers_of(scope).items():
        limit = _limit_of(made)
        if not limit or _is_set_back(scope.tree) or _is_handed_away(scope, name):
            continue
        fits = list(_fits(scope, name))
        for each in fits:
            if _comes_again(each.site, made, scope):
                yield Slip(each.call.lineno, "spent-trainer", name, limit)
                break
        else:
            for each in _later(fits, scope):
                yield Slip(each.site.lineno, "spent-trainer", name, limit)


def _trainers_of(scope: Scope) -> dict[str, ast.Call]:
    """Return the Trainers that a scope makes, or its object, each by its name and once."""
    found = {
        name: value
        for name, value in given_once(scope).items()
        if isinstance(value, ast.Call) and _makes_trainer(value, scope.tree)
    }
    owner = parents_in(scope.tree).get(id(scope.node))
    if not isinstance(owner, ast.ClassDef):
        return found
    stored: dict[str, list[ast.expr | None]] = {}
    for node in walk(owner):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=attr, ctx=ast.Store()):
                above = parents_in(scope.tree).get(id(node))
                stored.setdefault(attr, []).append(getattr(above, "value", None))
    for attr, values in stored.items():
        match values:
            case [ast.Call() as call] if _makes_trainer(call, scope.tree):
                found[f"self.{attr}"] = call
    return found


def _makes_trainer(call: ast.Call, tree: ast.Module) -> bool:
    full = full_name(call.func, tree)
    return full.startswith(("lightning.", "pytorch_lightning.")) and full.endswith(".Trainer")


def _limit_of(made: ast.Call) -> str:
    """Return the option by which a Trainer ends; '' where it may go on for ever."""
    given = {each.arg: ast.unparse(each.value) for each in made.keywords}
    return next((each for each in _LIMITS if given.get(each, "-1") not in ("-1", "None")), "")


def _is_set_back(tree: ast.Module) -> bool:
    """Whether a file writes to what its Trainers count."""
    for node in walk(tree):
        match node:
            case ast.Attribute(attr=attr) if attr in _COUNTS:
                return True
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                pass
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in _WRITTEN:
                return True
    return False


def _is_handed_away(scope: Scope, name: str) -> bool:
    """Whether something that is not of the file, and may set it back, is given a Trainer."""
    known = _LETS_BE | scope.defined
    return any(
        called_name(node.func) not in known
        and any(ast.unparse(each) == name for each in (*node.args, *_values(node)))
        for node in scope.nodes()
        if isinstance(node, ast.Call)
    )


def _values(call: ast.Call) -> list[ast.expr]:
    return [each.value for each in call.keywords]


def _fits(scope: Scope, name: str) -> Iterator[_TrainerFit]:
    """Give the fits of a Trainer, those in functions of the file that a scope calls as well."""
    for node in scope.nodes():
        if isinstance(node, ast.Call):
            if _is_fit(node, name):
                yield _TrainerFit(node, node)
            elif function := _function_of(node, scope):
                inside = _name_within(name, node, function, scope)
                for call in own_nodes(function) if inside else ():
                    if (
                        isinstance(call, ast.Call)
                        and _is_fit(call, inside)
                        and _is_sure(call, function, scope.tree)
                    ):
                        yield _TrainerFit(call, node)


def _is_fit(call: ast.Call, name: str) -> bool:
    """Whether a call fits from where its Trainer is, and not from a checkpoint."""
    match call.func:
        case ast.Attribute(value=owner, attr="fit") if ast.unparse(owner) == name:
            given = {each.arg: ast.unparse(each.value) for each in call.keywords}
            return (
                len(call.args) <= _BEFORE_CKPT
                and not any(isinstance(each, ast.Starred) for each in call.args)
                and None not in given
                and given.get("ckpt_path", "None") == "None"
            )
    return False


def _function_of(call: ast.Call, scope: Scope) -> Function | None:
    """Return what a call of a function of the file, or of a method of the same object, runs."""
    match call.func:
        case ast.Name(id=name):
            return scope.find_function(name)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            owner = parents_in(scope.tree).get(id(scope.node))
            body = owner.body if isinstance(owner, ast.ClassDef) else []
            return next(
                (each for each in body if isinstance(each, Function) and each.name == name), None
            )
    return None


def _name_within(name: str, call: ast.Call, function: Function, scope: Scope) -> str:
    """Return what a function that is called has a Trainer by; '' where it has none."""
    names = arguments_of(function)
    if isinstance(call.func, ast.Attribute):
        names = names[1:]
        if name.startswith("self."):
            return name
    given = dict(zip(names, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    stored = _stored_in(function)
    for each, value in given.items():
        if ast.unparse(value) == name:
            return "" if each in stored else each
    is_global = isinstance(scope.node, ast.Module) and name not in (*stored, *names)
    return name if is_global else ""


def _stored_in(node: ast.AST) -> set[str]:
    return {
        each.id
        for each in own_nodes(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _is_sure(node: ast.AST, top: ast.AST, tree: ast.Module) -> bool:
    """Whether nothing in a function decides whether a call comes."""
    return all(
        not isinstance(above, ast.If | ast.IfExp | ast.ExceptHandler | ast.While)
        for above in _above(node, top, tree)
    )


def _above(node: ast.AST, top: ast.AST, tree: ast.Module) -> Iterator[ast.AST]:
    """Give what a node stands in, up to what is the top."""
    parents = parents_in(tree)
    above = parents.get(id(node))
    while above is not None and above is not top:
        yield above
        above = parents.get(id(above))


def _comes_again(site: ast.Call, made: ast.Call, scope: Scope) -> bool:
    """Whether a loop brings a call again and again, with a Trainer that is made outside."""
    guards: set[str] = set()
    below: ast.AST = site
    for above in _above(site, scope.node, scope.tree):
        match above:
            case ast.ExceptHandler():
                return False
            case ast.If(test=test):
                guards |= names_in(test)
            case ast.For() | ast.While():
                return below in above.body and _goes_on(above, made, guards)
        below = above
    return False


def _goes_on(loop: Block, made: ast.Call, guards: set[str]) -> bool:
    """Whether a loop goes on past a fit, to the same one."""
    inside = own_nodes(loop)
    if any(node is made or isinstance(node, ast.Break | ast.Return) for node in inside):
        return False
    if isinstance(loop, ast.For):
        match loop.iter:
            case ast.List(elts=listed) | ast.Tuple(elts=listed) if len(listed) < 2:
                return False
            case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=1)]):
                return False
    return not guards & _stored_in(loop)


def _later(fits: list[_TrainerFit], scope: Scope) -> Iterator[_TrainerFit]:
    """Give the fits that come behind another one in the same lines, with other arguments."""
    for block in scope.blocks:
        before: list[_TrainerFit] = []
        written: set[str] = set()
        for statement in opened(block):
            written |= names_in(statement) & _stored_in(statement)
            inside = set(map(id, own_nodes(statement))) if _is_plain(statement) else set()
            for each in fits:
                if id(each.site) in inside:
                    if before and (
                        _told(before[-1]) != _told(each) or written & names_in(each.site)
                    ):
                        yield each
                    before.append(each)
                    written = set()


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign)


def _told(fit: _TrainerFit) -> str:
    return ast.unparse(fit.site)
