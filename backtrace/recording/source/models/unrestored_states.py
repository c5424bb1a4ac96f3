"""States that are saved beside others, and are not loaded where training is taken up again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    OPTIMIZER_WORDS,
    Scope,
    called_name,
    words_of,
)
from backtrace.recording.source.walks import walk

# What is read of a checkpoint where training goes on from it, and not where a model is used.
_COUNTS = frozenset({"epoch", "epochs", "step", "steps", "iteration", "iter"})
_HARMLESS = frozenset({"print", "len", "isinstance", "sorted", "list", "type", "save", "dump"})


def find_unrestored_states(scope: Scope) -> Iterator[Slip]:
    """Give the last line that loads a state, where one that is saved with it is read nowhere.

    Training is taken up again where an optimizer's state is loaded, or a count of epochs or steps
    is read. A checkpoint that is handed on whole, or gone through, may be read there.
    """
    if not isinstance(scope.node, ast.Module):
        return
    loads = _loads(scope.tree)
    keys = _read_keys(scope.tree)
    resumes = {key for key in loads if words_of(key) & OPTIMIZER_WORDS} | {
        key for key in keys if words_of(key) & _COUNTS
    }
    if not loads or _is_handed_on(scope.tree):
        return
    for states, others in _saved(scope.tree):
        left = [key for key in states if key not in keys]
        if loads.keys() & states.keys() and resumes & (states.keys() | others) and left:
            line = max(loads[key] for key in loads.keys() & states.keys())
            yield Slip(line, "unrestored", " and ".join(states[key] for key in left), left[0])
            return


def _saved(tree: ast.Module) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Give, of each dict of states, the keys of these with their owners, and its other keys."""
    for node in walk(tree):
        if isinstance(node, ast.Dict):
            states: dict[str, str] = {}
            others: set[str] = set()
            for key, value in zip(node.keys, node.values, strict=True):
                match key, value:
                    case (
                        ast.Constant(value=str(name)),
                        ast.Call(func=ast.Attribute(value=owner, attr="state_dict")),
                    ):
                        states[name] = ast.unparse(owner)
                    case ast.Constant(value=str(name)), _:
                        others.add(name)
            if len(states) > 1:
                yield states, others


def _loads(tree: ast.Module) -> dict[str, int]:
    """Return the keys whose values a `load_state_dict` is given, and where."""
    found: dict[str, int] = {}
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func) == "load_state_dict":
            for key in _keys_in(node):
                found[key] = max(node.lineno, found.get(key, 0))
    return found


def _read_keys(tree: ast.Module) -> set[str]:
    """Return every text that stands where a key is read, or asked after, or is written alone."""
    within = {id(key) for node in walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    return {
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within
    }


def _keys_in(call: ast.Call) -> Iterator[str]:
    for node in walk(call):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                yield key
            case ast.Call(
                func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(key)), *_]
            ):
                yield key


def _is_handed_on(tree: ast.Module) -> bool:
    """Whether what `torch.load` gives is returned, gone through, or given to another function."""
    names = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and _is_load(node.value)
    }
    return any(
        isinstance(each, ast.Name) and each.id in names
        for node in walk(tree)
        for each in _passed_on(node)
    )


def _is_load(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "load"


def _passed_on(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            is_quiet = called_name(func) in _HARMLESS
            return [] if is_quiet else [*args, *(each.value for each in keywords)]
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            return value.elts if isinstance(value, ast.Tuple) else [value]
        case ast.For(iter=over) | ast.comprehension(iter=over):
            inner = over.func if isinstance(over, ast.Call) else over
            return [inner.value if isinstance(inner, ast.Attribute) else over]
        case ast.Dict(keys=keys, values=values):
            return [value for key, value in zip(keys, values, strict=True) if key is None]
        case (
            ast.Assign(value=ast.Name() as value)
            | ast.Subscript(value=value, slice=ast.Name() | ast.Attribute() | ast.JoinedStr())
        ):  # under another name, or by keys that stand elsewhere
            return [value]
    return []
