"""Which of Lightning's checkpoint callbacks is the one that a trainer calls its own: the first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backtrace.recording.source.bound_calls import arguments_of
from backtrace.recording.source.source_file import called_name, parents_in
from backtrace.recording.source.walks import Function, own_nodes, walk

Listed = list[tuple[ast.expr, bool]]  # what a list holds, and whether it surely does
_READS = frozenset({"Trainer", "print", "len"})


def has_monitor(call: ast.Call) -> bool:
    """Whether a ModelCheckpoint is given, or may be given, a metric to choose by."""
    if len(call.args) > 2 or any(isinstance(each, ast.Starred) for each in call.args):
        return True
    for each in call.keywords:
        is_none = isinstance(each.value, ast.Constant) and each.value.value is None
        if each.arg is None or (each.arg == "monitor" and not is_none):
            return True
    return False


def first_checkpoint(
    tree: ast.Module, owner: ast.expr, made: Sequence[ast.Call]
) -> tuple[ast.Call | None, bool]:
    """Return the ModelCheckpoint that `owner` stands for; and whether as a trainer's first one.

    None where that is not sure.
    """
    if isinstance(owner, ast.Attribute) and owner.attr == "checkpoint_callback":
        trainer = _find_trainer(tree, owner.value)
        if trainer is not None:
            return _first_of(tree, trainer), True
    found = _value_of(tree, owner)
    return (found if found in made else None), False  # type: ignore[return-value]


def _find_trainer(tree: ast.Module, name: ast.expr) -> ast.Call | None:
    """Return the call that makes the trainer of this name, or the file's only one."""
    value = _value_of(tree, name)
    if isinstance(value, ast.Call) and called_name(value.func) == "Trainer":
        return value
    found = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func) == "Trainer"
    ]
    return found[0] if len(found) == 1 and "trainer" in ast.unparse(name).lower() else None


def _value_of(tree: ast.Module, name: ast.expr) -> ast.expr | None:
    """Return what a name is given, where only one line of its function or of the file does so."""
    if not isinstance(name, ast.Name | ast.Attribute):
        return name if isinstance(name, ast.Call) else None
    text = ast.unparse(name)
    for place in _places_of(tree, name):
        nodes = own_nodes(place) if isinstance(name, ast.Name) else walk(place)
        found = [
            node
            for node in nodes
            if isinstance(node, ast.Assign) and any(ast.unparse(t) == text for t in node.targets)
        ]
        if found:
            return found[0].value if len(found) == 1 else None
    return None


def _places_of(tree: ast.Module, name: ast.Name | ast.Attribute) -> list[ast.AST]:
    """Return where a name may be given a value: its function, then the file's own lines."""
    place = _function_of(tree, name)
    if isinstance(name, ast.Attribute) or not isinstance(place, Function):
        return [tree]
    return [place] if name.id in arguments_of(place) else [place, tree]


def _function_of(tree: ast.Module, node: ast.AST) -> ast.AST:
    parents = parents_in(tree)
    while not isinstance(node, Function | ast.Module):
        above = parents.get(id(node))
        if above is None:
            return tree
        node = above
    return node


def _first_of(tree: ast.Module, trainer: ast.Call) -> ast.Call | None:
    """Return the first ModelCheckpoint among the callbacks of a trainer."""
    given = next((each.value for each in trainer.keywords if each.arg == "callbacks"), None)
    listed = _list(tree, given, trainer) if given is not None else None
    kinds = {node.name: node.bases for node in walk(tree) if isinstance(node, ast.ClassDef)}
    for each, is_sure in listed or ():
        call = _value_of(tree, each)
        if not isinstance(call, ast.Call):
            return None
        name = called_name(call.func)
        if name == "ModelCheckpoint":
            return call if is_sure and name not in kinds else None
        bases = " ".join(ast.unparse(base) for base in kinds.get(name, []))
        if not name[:1].isupper() or "heckpoint" in f"{name} {bases}":
            return None
    return None


def _list(tree: ast.Module, given: ast.expr, trainer: ast.Call) -> Listed | None:
    """Return what the callbacks are: of a list, of a name of one that is added to, or a single."""
    if isinstance(given, ast.List | ast.Tuple):
        return [(each, True) for each in given.elts]
    value = _value_of(tree, given)
    if isinstance(value, ast.Call):
        return [(given, True)]
    if not isinstance(given, ast.Name):
        return None
    place = _function_of(tree, given)
    if not isinstance(value, ast.List) or not isinstance(place, Function | ast.Module):
        return None
    found: Listed = [(each, True) for each in value.elts]
    known = {id(given)}
    for name, elements, is_sure in _added(place, given.id):
        known.add(id(name))
        if name.lineno < trainer.lineno:
            found += [(each, is_sure) for each in elements]
    parents = parents_in(tree)
    for node in own_nodes(place):
        if isinstance(node, ast.Name) and node.id == given.id and id(node) not in known:
            above = parents.get(id(node))
            is_read = isinstance(above, ast.Call) and called_name(above.func) in _READS
            if isinstance(node.ctx, ast.Load) and not is_read:
                return None
    return found


def _added(
    place: Function | ast.Module, wanted: str
) -> Iterator[tuple[ast.Name, list[ast.expr], bool]]:
    """Give what a function adds to a list, line after line, and whether it always does."""
    sure = {id(node) for node in place.body}
    nodes = [node for node in own_nodes(place) if isinstance(node, ast.stmt)]
    for node in sorted(nodes, key=lambda each: each.lineno):
        match node:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name) as of, attr="append"), args=[one]
                )
            ) if name == wanted:
                yield of, [one], id(node) in sure
            case (
                ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name) as of, attr="extend"),
                        args=[ast.List(elts=more)],
                    )
                )
                | ast.AugAssign(
                    target=ast.Name(id=name) as of, op=ast.Add(), value=ast.List(elts=more)
                )
            ) if name == wanted:
                yield of, more, id(node) in sure
