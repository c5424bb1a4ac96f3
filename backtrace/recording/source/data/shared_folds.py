"""Models that all folds of a cross-validation train: each fold is scored on rows they learned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_SPLITTERS = word_set(
    "KFold StratifiedKFold GroupKFold StratifiedGroupKFold RepeatedKFold RepeatedStratifiedKFold "
    "MultilabelStratifiedKFold ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit LeaveOneOut "
    "LeavePOut LeaveOneGroupOut"
)
_HELD_OUT = word_set("test val valid validation eval holdout")
_ROWS = word_set("loader set data dataset idx index indices ids ix rows x y subset split mask fold")
_RESETS = word_set(
    "load_state_dict reset_parameters apply deepcopy copy clone functional_call init_weights "
    "initialize_weights set_weights load set_state_dict load_weights load_model "
    "load_from_checkpoint"
)
_RESET_WORDS = word_set("reset init initialize initialise reinit restore reload build make create")
_NO_MODELS = word_set("loaders dataloader dataloaders datasets optimizer optimizers scheduler")
_DEEPEST = 4  # functions that are followed, one called by another


def find_shared_folds(scope: Scope) -> Iterator[Slip]:
    """Give each model that stands before a loop over folds, is trained in it and is never reset."""
    for loop in fold_loops(scope):
        inside = [node for each in loop.body for node in (each, *own_nodes(each))]
        called = list(functions_called(inside, scope))
        reached = inside + [node for each in called for node in own_nodes(each)]
        if may_be_one(loop) or any(map(is_reset, reached)):
            continue
        bound = {
            each.id
            for node in (loop.target, *inside)
            for each in walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        for name, line, maker in _models_before(loop, scope):
            makes = any(isinstance(e, ast.Call) and called_name(e.func) == maker for e in reached)
            if name not in bound and not makes and _is_trained(name, inside, scope):
                yield Slip(line, "folds", name, str(loop.lineno))
                return


def fold_loops(scope: Scope) -> list[ast.For]:
    """Return the loops of a scope that go over folds, each with rows of its own held out."""
    return [each for each in scope.nodes() if isinstance(each, ast.For) and _has_folds(each, scope)]


def _has_folds(loop: ast.For, scope: Scope) -> bool:
    """Whether a loop goes over folds, each of which holds rows of its own out."""
    for each in walk(loop.iter):
        match each:
            case ast.Call(func=ast.Attribute(value=owner, attr="split")):
                if _is_splitter(owner) or called_name(owner) in _splitters(scope.tree):
                    return _reads_pair(loop)
    targets = [each for each in walk(loop.target) if isinstance(each, ast.Name)]
    if not any("fold" in words_of(each.id) for each in targets):
        return False
    stored = [
        words_of(each.id)
        for node in loop.body
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
    return any(words & _HELD_OUT and words & _ROWS for words in stored)


def may_be_one(loop: ast.For) -> bool:
    """Whether a loop leaves folds out, as where one alone is trained: `if fold != 0: continue`."""
    leaves = ast.Break | ast.Continue | ast.Return
    own = [
        *loop.body,
        *(one for each in loop.body if isinstance(each, ast.If) for one in each.body),
    ]
    return any(isinstance(each, leaves) for each in own)


def _is_splitter(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in _SPLITTERS


def _splitters(tree: ast.Module) -> set[str]:
    return {
        called_name(target)
        for node in walk(tree)
        if isinstance(node, ast.Assign) and _is_splitter(node.value)
        for target in node.targets
    } - {""}


def _reads_pair(loop: ast.For) -> bool:
    """Whether the rows that a fold trains on and those it holds out are both read in it."""
    pairs = [each for each in walk(loop.target) if isinstance(each, ast.Tuple)]
    names = [each.id for each in pairs[-1].elts if isinstance(each, ast.Name)] if pairs else []
    read = {
        each.id
        for node in loop.body
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }
    return len(names) == 2 and read.issuperset(names)


def functions_called(
    nodes: list[ast.AST], scope: Scope, most: int = _DEEPEST
) -> Iterator[Function]:
    """Give the functions of the file that are called, and those that these call."""
    names = {called_name(each.func) for each in nodes if isinstance(each, ast.Call)}
    for name in sorted(names & scope.defined) if most else ():
        for each in walk(scope.tree):
            if isinstance(each, Function) and each.name == name:
                yield each
                yield from functions_called(list(own_nodes(each)), scope, most - 1)


def is_reset(node: ast.AST) -> bool:
    """Whether something may give a model other weights, or another model."""
    if not isinstance(node, ast.Call):
        return False
    name = called_name(node.func)
    words = words_of(name)
    return name in _RESETS or bool(words & _RESET_WORDS and not words & (_ROWS | _NO_MODELS))


def _is_backward(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="backward" | "manual_backward")):
            return True
    return False


def module_classes(tree: ast.Module) -> set[str]:
    """Return the names of the classes of a file that are modules."""
    return {
        each.name
        for each in walk(tree)
        if isinstance(each, ast.ClassDef)
        and any(called_name(base).endswith("Module") for base in each.bases)
    }


def _models_before(loop: ast.For, scope: Scope) -> Iterator[tuple[str, int, str]]:
    """Give what a scope or the file makes before the loop and takes parameters of."""
    owners = {
        node.value.id
        for node in walk(scope.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("parameters", "named_parameters")
        and isinstance(node.value, ast.Name)
    }
    modules = module_classes(scope.tree)
    for node in [*scope.nodes(), *own_nodes(scope.tree)]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                while isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
                    func = func.value.func  # `Net().to(device)`
                maker = called_name(func)
                is_before = node.lineno < loop.lineno or node in scope.tree.body
                if is_before and (maker in modules or name in owners):
                    yield name, node.lineno, maker


def _is_trained(name: str, inside: list[ast.AST], scope: Scope) -> bool:
    """Whether a loop trains the model: by its own backward, or in a function that is given it."""
    if any(map(_is_backward, inside)):
        return any(
            isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == name
            for each in inside
        )
    for each in inside:
        if not isinstance(each, ast.Call):
            continue
        given = [*each.args, *(keyword.value for keyword in each.keywords)]
        if any(isinstance(one, ast.Name) and one.id == name for one in given):
            reached = list(functions_called([each], scope))
            if any(_is_backward(node) for one in reached for node in own_nodes(one)):
                return True
    return False
