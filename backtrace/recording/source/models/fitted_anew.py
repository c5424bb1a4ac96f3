"""skorch's nets that are given a saved state and then fitted: `fit` initializes them anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

NETS = word_set("NeuralNet NeuralNetRegressor NeuralNetClassifier NeuralNetBinaryClassifier")
# What a subclass may write anew so that nothing is lost.
_OWN = word_set(
    "fit initialize initialize_module initialized_instance _initialize_module on_train_begin"
)
_KEEPS = word_set("warm_start LoadInitState on_train_begin initialized_instance")
_LEAVES = ast.Return | ast.Raise | ast.Continue | ast.Break
_ENDS = word_set("exit quit _exit")
_Path = list[tuple[list[ast.stmt], int]]  # blocks, the outermost first, and where in each


def find_fitted_anew(scope: Scope) -> Iterator[Slip]:
    """Give each `net.fit` behind `net.load_params`; `beside` is the line of the latter."""
    calls = [each for each in scope.nodes() if isinstance(each, ast.Call)]
    fits = [each for each in calls if _owner_of(each, "fit")]
    loads = [each for each in calls if _loaded_in(each)]
    if not loads or not fits or not makes_modules(scope.tree):
        return
    for fit in fits:
        owner = _owner_of(fit, "fit")
        before = [each for each in loads if _loaded_in(each) == owner and _leads(each, fit, scope)]
        if before and not _is_given_anew(owner, before[-1], fit, scope):
            line = getattr(fit.func, "end_lineno", None) or fit.lineno
            yield Slip(line, "fitted-anew", owner, str(before[-1].lineno))


def _owner_of(call: ast.Call, method: str) -> str:
    """Return what a method is called of, a variable or an attribute; '' where it is another."""
    match call.func:
        case ast.Attribute(value=ast.Name() | ast.Attribute() as owner, attr=name):
            return ast.unparse(owner) if name == method else ""
    return ""


def _loaded_in(call: ast.Call) -> str:
    """Return the net that is given a state: `net.load_params(…)`, or its module."""
    owner = _owner_of(call, "load_state_dict")
    if owner.endswith(".module_"):
        return owner.removesuffix(".module_")
    return _owner_of(call, "load_params")


def makes_modules(tree: ast.Module) -> bool:
    """Whether all nets of a file are skorch's, make their module of a class, and forget it."""
    kinds = set(NETS)
    for node in walk(tree):
        match node:
            case ast.ClassDef(bases=bases) if any(called_name(base) in kinds for base in bases):
                kinds.add(node.name)
    if "skorch" not in packages_in(tree) or any(_keeps(node, kinds) for node in walk(tree)):
        return False
    made = [n for n in walk(tree) if isinstance(n, ast.Call) and called_name(n.func) in kinds]
    return bool(made) and all(_is_given_a_class(each, tree) for each in made)


def _keeps(node: ast.AST, kinds: set[str]) -> bool:
    """Whether something may keep what was loaded, or load it once more."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            return name in _KEEPS
        case ast.Constant(value=str(name)):
            return name in _KEEPS
        case ast.ClassDef(bases=bases, body=body) if any(called_name(b) in kinds for b in bases):
            return any(isinstance(each, Function) and each.name in _OWN for each in body)
        case ast.FunctionDef(name="on_train_begin"):
            return True
    return False


def _is_given_a_class(call: ast.Call, tree: ast.Module) -> bool:
    """Whether a net is given a class as its module: a module itself keeps its weights."""
    named = [each.value for each in call.keywords if each.arg == "module"]
    if not all(each.arg or _is_known(each.value, tree) for each in call.keywords):
        return False
    match named[0] if named else (call.args[0] if call.args else None):
        case ast.Name(id=name):
            return any(isinstance(each, ast.ClassDef) and each.name == name for each in walk(tree))
    return False


def _is_known(options: ast.expr, tree: ast.Module) -> bool:
    """Whether options that are handed on stand in the file, in one dict, with no module there."""
    given = [
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        and any(ast.unparse(each) == ast.unparse(options) for each in node.targets)
    ]
    match given:
        case [ast.Dict(keys=keys)]:
            names = [each.value if isinstance(each, ast.Constant) else None for each in keys]
        case [ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords)]:
            names = [each.arg for each in keywords]
        case _:
            return False
    is_plain = isinstance(options, ast.Name) and not _takes_more(options.id, tree)
    return is_plain and None not in names and "module" not in names


def _takes_more(name: str, tree: ast.Module) -> bool:
    """Whether a dict is given other options than those that are written by their key."""
    for node in walk(tree):
        match node:
            case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                return True
            case ast.Attribute(value=ast.Name(id=target), attr="update" | "setdefault"):
                if target == name:
                    return True
            case ast.Subscript(value=ast.Name(id=target), slice=key, ctx=ast.Store()):
                if target == name and (not isinstance(key, ast.Constant) or key.value == "module"):
                    return True
    return False


def _leads(load: ast.Call, fit: ast.Call, scope: Scope) -> bool:
    """Whether what runs the load goes on to the fit: no other way of an `if`, and no `return`."""
    first, second = _path_to(load, scope), _path_to(fit, scope)
    both = [
        (one, other)
        for (block, one), (beside, other) in zip(first, second, strict=False)
        if block is beside
    ]
    if not both or both[-1][0] >= both[-1][1]:
        return False
    block = first[len(both) - 1][0]
    at, then = block[both[-1][0]], block[both[-1][1]]
    if isinstance(at, ast.If | ast.Try) and isinstance(then, ast.If | ast.Try):
        return False
    return not any(
        isinstance(each, _LEAVES)
        or (isinstance(each, ast.Call) and called_name(each.func) in _ENDS)
        for each in walk(at)
    )


def _path_to(node: ast.AST, scope: Scope) -> _Path:
    """Return the blocks in which a node stands, in this scope, and at which place of each."""
    parents, path = parents_in(scope.tree), _Path()
    while node is not scope.node:
        above = parents[id(node)]
        for part in ("body", "orelse", "finalbody"):
            block = getattr(above, part, None)
            if isinstance(block, list) and any(each is node for each in block):
                path.append((block, next(i for i, each in enumerate(block) if each is node)))
        node = above
    return path[::-1]


def _is_given_anew(owner: str, load: ast.Call, fit: ast.Call, scope: Scope) -> bool:
    """Whether another net, or another module, is put in its place in between."""
    for node in scope.nodes():
        if not load.lineno <= getattr(node, "lineno", 0) <= fit.lineno or node is load:
            continue
        match node:
            case ast.Name(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                if ast.unparse(node) in (owner, f"{owner}.module"):
                    return True
            case ast.Call() if _owner_of(node, "set_params") == owner:
                return True
    return False
