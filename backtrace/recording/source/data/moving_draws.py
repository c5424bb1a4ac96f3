"""What a file draws random numbers in, and what of it puts the elements of an image elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

CHANCES = word_set(
    "rand randn randint random uniform choice normal bernoulli randrange shuffle randperm sample "
    "integers random_sample"
)
_SEEDS = word_set(
    "seed manual_seed seed_everything set_rng_state setstate set_state default_rng RandomState "
    "Random"
)
_MOVES = word_set(
    "flip fliplr flipud hflip vflip horizontal_flip vertical_flip rot90 rotate roll crop affine "
    "warp translate shift grid_sample resized_crop perspective"
)
# Transforms of torchvision's and others' that move what they are given.
_MOVING = re.compile(
    r"\b(Random\w*(Flip|Crop|Rotat|Affine|Perspective|Shift|Scale|Rotate90|Elastic)|"
    r"(Horizontal|Vertical)Flip\(|ElasticTransform|ShiftScaleRotate)"
)
_CALLED = ("__call__", "forward")
_DEEP = 3  # names that are followed, one from another


def draws(scope: Scope, name: str) -> bool:
    """Whether what a file calls so draws random numbers: a function, or transforms by name.

    What is handed in from outside may be any class of the file that is made to be called.
    """
    for node in walk(scope.tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name == name:
                if _has_chance(node) and not any(map(seeds, walk(node))):
                    return True
            case ast.Assign(targets=[ast.Name(id=told) | ast.Attribute(attr=told)]):
                if told == name and "Random" in ast.unparse(node.value):
                    return True
                if told == name and isinstance(node.value, ast.Name):
                    return any(map(_has_chance, _callables(scope)))
    return False


def moves_by_chance(scope: Scope, name: str, deep: int = _DEEP) -> bool:
    """Whether what a file calls so puts elements elsewhere, by a draw of each call.

    It is a function, an object of one of the file's classes, or a chain of transforms; what a name
    is given is followed through arguments of that name.
    """
    if any(
        _has_chance(node) and _has_moves(node) and not any(map(seeds, walk(node)))
        for node in walk(scope.tree)
        if isinstance(node, ast.FunctionDef) and node.name == name
    ):
        return True
    return deep > 0 and any(
        _is_moving(value, scope, deep) for value in _values_of(scope.tree, name)
    )


def seeds(node: ast.AST) -> bool:
    """Whether something sets what is drawn next."""
    return isinstance(node, ast.Call) and called_name(node.func) in _SEEDS


def _values_of(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """Give what a file gives a name: by an assignment, or as an argument of that name."""
    for node in walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=told) | ast.Attribute(attr=told)], value=value
            ) if told == name:
                yield value
            case ast.keyword(arg=told, value=value) if told == name:
                yield value
            case ast.Call(func=ast.Name(id=kind), args=args) if args:
                at = _place_of(tree, kind, name)
                if 0 <= at < len(args):
                    yield args[at]


def _place_of(tree: ast.Module, kind: str, name: str) -> int:
    """Return as which argument, counted from 0, a class of a file takes what is called so."""
    for node in walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == kind:
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                    names = [argument.arg for argument in each.args.args[1:]]
                    return names.index(name) if name in names else -1
    return -1


def _is_moving(value: ast.expr, scope: Scope, deep: int) -> bool:
    """Whether a value is, or holds, a transform that moves what it is given by chance."""
    match value:
        case ast.Name(id=other):
            return moves_by_chance(scope, other, deep - 1)
        case ast.Lambda(body=body):
            return _has_chance(body) and _has_moves(body)
        case ast.Call() | ast.List() | ast.Tuple() | ast.IfExp():
            kinds = {called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)}
            return bool(_MOVING.search(ast.unparse(value))) or any(
                node.name in kinds and _is_moving_class(node)
                for node in walk(scope.tree)
                if isinstance(node, ast.ClassDef)
            )
    return False


def _is_moving_class(node: ast.ClassDef) -> bool:
    return any(
        isinstance(each, ast.FunctionDef)
        and each.name in _CALLED
        and _has_chance(each)
        and _has_moves(each)
        and not any(map(seeds, walk(each)))
        for each in node.body
    )


def _callables(scope: Scope) -> list[ast.FunctionDef]:
    return [
        node
        for node in walk(scope.tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__call__"
    ]


def _has_moves(definition: ast.AST) -> bool:
    """Whether something flips, turns, shifts or cuts what it is given."""
    for each in walk(definition):
        match each:
            case ast.Call(func=func) if words_of(called_name(func)) & _MOVES or (
                called_name(func) in _MOVES
            ):
                return True
            case ast.Subscript(slice=ast.Tuple(elts=parts)):
                if any(isinstance(part, ast.Slice) and _cuts(part) for part in parts):
                    return True
    return False


def _cuts(part: ast.Slice) -> bool:
    return part.lower is not None or part.step is not None


def _has_chance(definition: ast.AST) -> bool:
    names = (
        each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
        for each in walk(definition)
    )
    return any(name in CHANCES for name in names)
