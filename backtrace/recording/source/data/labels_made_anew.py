"""Labels that leave the prompt out, and a collator of transformers' that makes labels anew."""

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
from backtrace.recording.source.walks import Function, walk

_COLLATOR = "DataCollatorForLanguageModeling"
_IGNORED = -100
_LABELS = word_set("label labels target targets")
_PADDING = word_set("pad padding padded pads max remaining missing rest")


def find_labels_made_anew(scope: Scope) -> Iterator[Slip]:
    """Give each such collator that a Trainer is handed; `beside` is where labels are left out."""
    tree = scope.tree
    if not isinstance(scope.node, ast.Module):
        return
    collators = [each for each in walk(tree) if isinstance(each, ast.Call) and _copies(each)]
    handed = [each for each in collators if _is_handed(each, tree)]
    if not handed or not _is_the_only_one(tree):
        return
    lines = [
        each.lineno
        for each in walk(tree)
        if isinstance(each, ast.Assign) and _leaves_out(each, tree)
    ]
    if lines:
        for each in handed:
            yield Slip(each.lineno, "labels-made-anew", _COLLATOR, str(min(lines)))


def _copies(call: ast.Call) -> bool:
    """Whether a collator makes labels of the ids: `mlm` is False."""
    if called_name(call.func) != _COLLATOR:
        return False
    given = [each.value for each in call.keywords if each.arg == "mlm"] + call.args[1:2]
    return len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value is False


def _is_handed(collator: ast.Call, tree: ast.Module) -> bool:
    """Whether a Trainer is given it as its `data_collator`, itself or by the name of a variable."""
    names = [
        ast.unparse(each.targets[0])
        for each in walk(tree)
        if isinstance(each, ast.Assign) and each.value is collator
    ]
    return any(
        given.value is collator or ast.unparse(given.value) in names
        for each in walk(tree)
        if isinstance(each, ast.Call) and called_name(each.func).endswith("Trainer")
        for given in each.keywords
        if given.arg == "data_collator"
    )


def _is_the_only_one(tree: ast.Module) -> bool:
    """Whether no other collator, and no class of the file's own, may keep what labels there are."""
    for each in walk(tree):
        match each:
            case ast.ClassDef(name=name, bases=bases):
                if any(called_name(base) == _COLLATOR for base in bases) or name == _COLLATOR:
                    return False
            case ast.keyword(arg="data_collator" | "collate_fn", value=value):
                is_one = isinstance(value, ast.Call) and _copies(value)
                if not is_one and not isinstance(value, ast.Name | ast.Attribute):
                    return False
    trainers = [
        each
        for each in walk(tree)
        if isinstance(each, ast.Call) and called_name(each.func).endswith("Trainer")
    ]
    return len(trainers) == 1


def _leaves_out(node: ast.Assign, tree: ast.Module) -> bool:
    """Whether a statement leaves the beginning of labels out of the loss."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            is_one = bool(words_of(name) & _LABELS) and _is_begun(value, tree)
        case ast.Assign(targets=[ast.Subscript(value=owner, slice=ast.Constant(value=str(name)))]):
            is_one = (
                name == "labels" and isinstance(owner, ast.Name) and _is_begun(node.value, tree)
            )
        case ast.Assign(targets=[ast.Subscript(value=owner, slice=part)], value=value):
            last = part.elts[-1] if isinstance(part, ast.Tuple) else part
            is_one = _is_label(owner) and _is_ignored(value, tree) and _is_beginning(last)
        case _:
            return False
    return is_one and not _is_in_if(node, tree)


def _is_begun(value: ast.expr, tree: ast.Module) -> bool:
    """Whether a list opens with places that are left out: `[-100] * len(prompt) + answer`."""
    match value:
        case ast.BinOp(
            left=ast.BinOp(left=ast.List(elts=[item]), op=ast.Mult(), right=count), op=ast.Add()
        ):
            return _is_ignored(item, tree) and _is_no_padding(count, tree)
        case ast.BinOp(left=left, op=ast.Add()):
            return _is_begun(left, tree)
    return False


def _is_no_padding(count: ast.expr, tree: ast.Module) -> bool:
    """Whether a number of places is no number of padded ones."""
    made = [
        each.value
        for each in walk(tree)
        if isinstance(count, ast.Name)
        and isinstance(each, ast.Assign)
        and ast.unparse(each.targets[0]) == count.id
    ]
    if any(isinstance(one, ast.Sub) for each in made for one in walk(each)):
        return False
    names = [each.id for each in walk(count) if isinstance(each, ast.Name)]
    names += [each.attr for each in walk(count) if isinstance(each, ast.Attribute)]
    return not any(isinstance(each, ast.Sub) for each in walk(count)) and not any(
        words_of(name) & _PADDING for name in names
    )


def _is_beginning(part: ast.expr) -> bool:
    """Whether a slice goes from the first place up to one that no padding names."""
    if not isinstance(part, ast.Slice) or part.lower is not None or part.upper is None:
        return False
    names = [each.id for each in walk(part.upper) if isinstance(each, ast.Name)]
    return bool(names) and not any(words_of(name) & _PADDING for name in names)


def _is_label(owner: ast.expr) -> bool:
    match owner:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & _LABELS)
        case ast.Subscript(slice=ast.Constant(value=name)):
            return name == "labels"
    return False


def _is_ignored(value: ast.expr, tree: ast.Module) -> bool:
    """Whether something is -100, or a variable that is given it and nothing else."""
    match value:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=number)):
            return bool(number == -_IGNORED)
        case ast.Name(id=name):
            given = [
                each.value
                for each in walk(tree)
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name
            ]
            return (
                len(given) == 1
                and not isinstance(given[0], ast.Name)
                and (_is_ignored(given[0], tree))
            )
    return False


def _is_in_if(node: ast.AST, tree: ast.Module) -> bool:
    """Whether an `if` decides on it, which may never be so in this run."""
    parents = parents_in(tree)
    above = parents.get(id(node))
    while above is not None and not isinstance(above, Function):
        if isinstance(above, ast.If | ast.IfExp):
            return True
        above = parents.get(id(above))
    return False
