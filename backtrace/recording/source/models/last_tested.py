"""Where a model is tested behind a loop that trained it, as that loop left it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache

from backtrace.recording.source.models.kept_under_best import stores
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_TEST = word_set("test tests testing tst testset testloader heldout holdout")
_TRAINS = word_set("train fit finetune retrain pretrain learn")
# What may be given a model, and leaves its weights as they are.
_HARMLESS = word_set(
    "print save len sum str repr info debug isinstance hasattr getattr type id summary next "
    "DataParallel eval float round"
)


def find_test(
    scope: Scope, behind: Sequence[ast.stmt], models: frozenset[str]
) -> tuple[int, str] | None:
    """Return the first line behind a loop that tests one of the models, and which one.

    None where a line before it trains one again, makes it anew or hands it to something unknown.
    """
    for statement in behind:
        nodes = (statement, *own_nodes(statement))
        if isinstance(statement, Function | ast.ClassDef):
            continue
        if any(stores(each, models) or _trains(scope, each) for each in nodes):
            return None
        for node in sorted(_calls(nodes), key=lambda each: each.lineno):
            model = _tested_by(scope, statement, node, models)
            if model:
                return node.lineno, model
            if _may_change(scope, node, models):
                return None
    return None


def called_function(scope: Scope, call: ast.Call) -> Function | None:
    """Return the file's own function or method that is called, where the name says which one."""
    match call.func:
        case ast.Name(id=name):
            return scope.find_function(name)
        case ast.Attribute(value=ast.Name(), attr=name):
            found = _methods(scope.tree).get(name, [])
            return found[0] if len(found) == 1 else None
    return None


@lru_cache(maxsize=2)
def _methods(tree: ast.Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for kind in walk(tree):
        if isinstance(kind, ast.ClassDef):
            for each in kind.body:
                if isinstance(each, Function):
                    found.setdefault(each.name, []).append(each)
    return found


def _calls(nodes: Sequence[ast.AST]) -> list[ast.Call]:
    return [each for each in nodes if isinstance(each, ast.Call)]


def _trains(scope: Scope, node: ast.AST) -> bool:
    """Whether a node is a call that trains something, itself or by what the function does."""
    if not isinstance(node, ast.Call):
        return False
    name = called_name(node.func)
    is_mode = isinstance(node.func, ast.Attribute) and name == "train" and not node.args
    function = called_function(scope, node)
    inside = _calls(own_nodes(function)) if function is not None else []
    trains = any(called_name(each.func) == "backward" for each in (node, *inside))
    return trains or (not is_mode and bool(words_of(name) & _TRAINS))


def _tested_by(scope: Scope, statement: ast.stmt, call: ast.Call, models: frozenset[str]) -> str:
    """Return the model that a call asks for what is called the test; '' for none."""
    called = ast.unparse(call.func)
    if called in models:
        return called if _says_test(*call.args) or _is_in_test_loop(statement, call) else ""
    function = called_function(scope, call)
    if function is None:
        return ""
    given = [*call.args, *(each.value for each in call.keywords)]
    model = next((ast.unparse(each) for each in given if ast.unparse(each) in models), "")
    model = model or _read_by(function, call, models)
    is_test = bool(words_of(function.name) & _TEST) or _says_test(*given) or _tells_test(statement)
    return model if is_test else ""


def _says_test(*given: ast.AST) -> bool:
    """Whether a name in what is given says that it is of the test."""
    return any(
        words_of(called_name(each)) & _TEST
        for one in given
        for each in walk(one)
        if isinstance(each, ast.Name | ast.Attribute)
    )


def _is_in_test_loop(statement: ast.stmt, call: ast.Call) -> bool:
    return any(
        isinstance(each, ast.For)
        and _says_test(each.iter)
        and any(one is call for one in own_nodes(each))
        for each in (statement, *own_nodes(statement))
    )


def _tells_test(statement: ast.stmt) -> bool:
    """Whether what a statement gives its result, or prints with it, is called the test's.

    Or the final one, where that is not of the training data.
    """
    if isinstance(statement, ast.Assign):
        return _says_test(*statement.targets)
    texts = [each.value for each in walk(statement) if isinstance(each, ast.Constant)]
    words = {word for text in texts if isinstance(text, str) for word in _words_in(text)}
    is_of_training = any("train" in word for word in words) or "train" in ast.unparse(statement)
    return "test" in words or ("final" in words and not is_of_training)


def _words_in(text: str) -> list[str]:
    return re.findall("[a-z]+", text.lower())


def _read_by(function: Function, call: ast.Call, models: frozenset[str]) -> str:
    """Return the model that a function calls and is not given: the file's, or its object's."""
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    own = {each.arg for each in walk(function.args) if isinstance(each, ast.arg)}
    own |= {
        each.id
        for each in own_nodes(function)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    for each in _calls(own_nodes(function)):
        text = ast.unparse(each.func)
        if owner and text.startswith("self."):
            text = f"{owner}.{text.removeprefix('self.')}"
        elif text.split(".")[0] in own:
            continue
        if text in models:
            return text
    return ""


def _may_change(scope: Scope, call: ast.Call, models: frozenset[str]) -> bool:
    """Whether a call that is not of the file's own is given a model, or is a method of it."""
    if called_function(scope, call) is not None:
        return False
    given = [*call.args, *(each.value for each in call.keywords)]
    is_given = any(
        ast.unparse(each) in models
        for one in given
        for each in walk(one)
        if isinstance(each, ast.Name | ast.Attribute)
    )
    return is_given and not words_of(called_name(call.func)) & _HARMLESS
