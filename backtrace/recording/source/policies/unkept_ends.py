"""Ends of episodes that an environment tells and a loop ends on, and that no memory is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.data.unread_parts import UnreadPart
from backtrace.recording.source.policies.real_ends import ends_for_good
from backtrace.recording.source.policies.unmasked_targets import find_unmasked_targets, says_end
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_ENDS = word_set("d done dones terminal terminals terminated term over finished ended")
_REWARDS = word_set("r rew reward rewards")
_STORES = word_set("add append push store remember put insert memorize memorise cache record write")
# What a memory may be told by its methods: that an episode is over.
_TELLS = word_set("end ended finish done episode terminal close path flush new reset mark")
_SAYS = word_set("print log info debug write format set_description set_postfix append")
_DEEPEST = 3


@dataclass(frozen=True)
class _EnvironmentStep:
    """One step of an environment, the names that it is taken apart by, and its end among them."""

    node: ast.Assign
    called: str
    names: tuple[str, ...]
    end: str
    reward: str

    @property
    def state(self) -> str:
        return self.names[0]


def find_unkept_ends(scope: Scope) -> Iterator[UnreadPart]:
    """Give the end of each step that a memory keeps the reward and next state of, and not the end.

    The scope leaves its loop, or begins another episode, at that end, which does nothing else; a
    target of the file counts the value of every next state; and nothing else there knows an end.
    """
    steps = [each for node in scope.nodes() for each in _steps(node)]
    if len(steps) != 1 or scope.reads_all:
        return
    (step,) = steps
    place = step.names.index(step.end)
    if not ends_for_good(scope.tree, step.called, place, len(step.names)):
        return
    stores = [each for each in scope.nodes() if _keeps(each, step, scope)]
    ends = _ends_of(step, scope)
    if len(stores) != 1 or not isinstance(stores[0], ast.Call) or not ends:
        return
    if not _only_leaves(stores[0], step, ends, scope) or _knows_elsewhere(stores[0], scope):
        return
    if any(_has_target(each, scope.tree) for each in _functions(scope.tree)):
        yield UnreadPart(stores[0].lineno, step.end, "unkept", (step.reward, step.state))


def _steps(node: ast.AST) -> Iterator[_EnvironmentStep]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Call(func=func)):
            names = tuple(each.id if isinstance(each, ast.Name) else "" for each in parts)
        case _:
            return
    ends = [each for each in names[2:] if words_of(each) & _ENDS]
    rewards = [each for each in names[1:] if words_of(each) & _REWARDS]
    if "step" in words_of(called_name(func)) and names[0] and ends and rewards:
        yield _EnvironmentStep(node, called_name(func), names, ends[0], rewards[0])


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    yield from (each for each in walk(tree) if isinstance(each, Function))


def _has_target(scope: ast.AST, tree: ast.Module) -> bool:
    return next(find_unmasked_targets(scope, tree), None) is not None


def _keeps(node: ast.AST, step: _EnvironmentStep, scope: Scope) -> bool:
    """Whether a call is handed a step's reward and next state, to keep them."""
    if not isinstance(node, ast.Call) or not words_of(called_name(node.func)) & _STORES:
        return False
    if node.lineno <= step.node.lineno:
        return False
    names = _handed(node, scope)
    return {step.reward, step.state} <= names


def _handed(call: ast.Call, scope: Scope) -> set[str]:
    """Return the names of what a call is handed, with those that it is made of."""
    parts = [*call.args, *(each.value for each in call.keywords)]
    names = {each for part in parts for each in names_in(part)}
    for _ in range(_DEEPEST):
        for node in scope.nodes():
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    is_before = node.lineno <= call.lineno
                    names |= names_in(value) if is_before else set()
    return names


def _ends_of(step: _EnvironmentStep, scope: Scope) -> set[str]:
    """Return the names of a step's ends and of those made of them: `done = terminated or late`."""
    ends = {each for each in step.names[2:] if words_of(each) & _ENDS or says_end(ast.Name(each))}
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BoolOp() as value):
                if names_in(value) & ends:
                    ends.add(name)
    return ends


def _only_leaves(store: ast.Call, step: _EnvironmentStep, ends: set[str], scope: Scope) -> bool:
    """Whether an end is asked for to leave the loop, or the episode, and for nothing else.

    Nothing that is kept may be changed by it, and what comes at an end must be kept as well.
    """
    parents = parents_in(scope.tree)
    kept = _handed(store, scope)
    if kept & ends or any(says_end(ast.Name(each)) for each in kept):
        return False
    if kept & set(step.names) - {step.reward, step.state} or _is_made_anew(step, store, scope):
        return False
    tests = [each for each in scope.nodes() if isinstance(each, ast.If | ast.While)]
    asking = [each for each in tests if names_in(each.test) & ends]
    within = {id(part) for each in asking for part in walk(each.test)}
    for node in scope.nodes():
        is_read = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        if not is_read or node.id not in ends or id(node) in within:  # type: ignore[attr-defined]
            continue
        if not _is_said(node, parents, ends):
            return False
    now = _states_of(step, scope)
    leaving = [each for each in asking if _leaves(each, store, step, now)]
    return bool(leaving) and all(_is_harmless(each, store, step) for each in asking)


def _is_made_anew(step: _EnvironmentStep, store: ast.Call, scope: Scope) -> bool:
    """Whether a reward is shaped, by what the script knows of an end, before it is kept."""
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and node.id == step.reward
        and step.node.lineno < node.lineno <= store.lineno
        for node in scope.nodes()
    )


def _is_said(node: ast.AST, parents: dict[int, ast.AST], ends: set[str]) -> bool:
    """Whether a name is only printed, or made into another end."""
    above = parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and called_name(above.func) == "print":
            return True
        above = parents.get(id(above))
    match above:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BoolOp()):
            return name in ends
    return False


def _states_of(step: _EnvironmentStep, scope: Scope) -> set[str]:
    """Return the variables that the next state is given to: `s` of `s = s2`."""
    pairs = (pair for each in scope.statements() for pair in assigned_pairs(each))
    return {
        target.id
        for target, value in pairs
        if isinstance(target, ast.Name) and ast.unparse(value) == step.state
    }


def _leaves(
    node: ast.If | ast.While, store: ast.Call, step: _EnvironmentStep, now: set[str]
) -> bool:
    """Whether a loop ends, or an episode begins, at an end, after it was kept."""
    if isinstance(node, ast.While):
        return any(each is store for each in walk(node))
    inside = [part for each in node.body for part in (each, *own_nodes(each))]
    return node.lineno >= step.node.lineno and any(
        isinstance(each, ast.Break | ast.Return)
        or (isinstance(each, ast.Call) and "reset" in words_of(called_name(each.func)))
        or (isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in now)
        for each in inside
    )


def _is_harmless(node: ast.If | ast.While, store: ast.Call, step: _EnvironmentStep) -> bool:
    """Whether what is done at an end tells neither the memory nor what it keeps of it."""
    inside = [part for each in (*node.body, *node.orelse) for part in (each, *own_nodes(each))]
    if isinstance(node, ast.While):
        return True
    if any(each is store for each in inside) or step.node.lineno < node.lineno <= store.lineno:
        return False
    memory = _owner_of(store)
    for each in inside:
        match each:
            case ast.Call(func=func) if memory and _owner_of(each) == memory:
                return False
            case ast.Call(func=func) if called_name(func) not in _SAYS:
                if names_in(each) & {step.reward}:
                    return False
            case ast.Assign(targets=targets):
                made = {name for target in targets for name in names_in(target)}
                if made & {step.reward, step.state, memory.partition(".")[0]}:
                    return False
    return True


def _owner_of(call: ast.Call) -> str:
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _knows_elsewhere(store: ast.Call, scope: Scope) -> bool:
    """Whether another function, but of an environment, or a method of the memory knows ends."""
    memory = _owner_of(store).rpartition(".")[2]
    for node in walk(scope.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)):
                if memory and called_name(owner) == memory and words_of(attr) & _TELLS:
                    return True
            case ast.Compare(comparators=[ast.Constant(value=None)]):
                if "next" in ast.unparse(node.left):
                    return True
    for function in _functions(scope.tree):
        is_acting = any(_steps_something(each) for each in own_nodes(function))
        if is_acting and function is not scope.node:
            if any(_is_like(store, each) for each in own_nodes(function)):
                return True
        elif not is_acting and not _is_of_environment(function, scope.tree):
            given = walk(function.args) if isinstance(function, Function) else ()
            if any(map(says_end, (*given, *own_nodes(function)))):
                return True
    return False


def _is_like(store: ast.Call, node: ast.AST) -> bool:
    """Whether something else puts into the same memory by the same method."""
    return (
        isinstance(node, ast.Call)
        and called_name(node.func) == called_name(store.func)
        and _owner_of(node).rpartition(".")[2] == _owner_of(store).rpartition(".")[2]
    )


def _steps_something(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Tuple()], value=ast.Call(func=func)):
            return "step" in words_of(called_name(func))
    return False


def _is_of_environment(function: ast.AST, tree: ast.Module) -> bool:
    """Whether a function is a step of an environment, or a method of a class that has one."""
    if isinstance(function, Function) and "step" in words_of(function.name):
        return True
    above = parents_in(tree).get(id(function))
    return isinstance(above, ast.ClassDef) and any(
        isinstance(each, Function) and each.name in ("step", "reset") for each in above.body
    )
