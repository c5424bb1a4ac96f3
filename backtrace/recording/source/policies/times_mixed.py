"""Values of a state and an action of another time, as a target of a critic takes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_NEXT = word_set("next nxt new prime following n p tp1 2 ")
_STATES = word_set("s o x ob obs state states observation observations bs st")
_ACTIONS = word_set("a u act acts action actions a2 mu")
_POLICIES = word_set("pi actor policy act action mu")
_CRITICS = word_set("q q1 q2 qf qf1 qf2 critic critic1 critic2 qnet qs")
_DISCOUNTS = word_set("gamma gam discount")
_DRAWN = _ACTIONS | word_set("dist pi policy distribution mean")


def find_times_mixed(scope: Scope) -> Iterator[Slip]:
    """Give the first value of a state and what a policy does in the next one, or the other way.

    Only where it is discounted: other terms, as of conservative critics, take such pairs by right.
    """
    drawn, drawn_at = _find_drawn(scope)
    calls = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.Call) and node.args and _is_called(node.func, _CRITICS)
    ]
    for node in sorted(calls, key=lambda each: each.lineno):
        state, action, of = _read_pair(node, drawn)
        if (
            (_is_next(of, state) or _is_next(state, of))
            and not _is_bound_between(scope, state, of, node.lineno)
            and _is_discounted(scope, node)
        ):
            line = drawn_at.get(action, node.lineno) if _is_next(state, of) else node.lineno
            yield Slip(line, "times-mixed", ast.unparse(node)[:LONGEST], of)
            return


def _find_drawn(scope: Scope) -> tuple[dict[str, str], dict[str, int]]:
    """Return what policies gave, by its name, with the state that they were given: '' for several.

    Besides, the lines. What is computed of an action, such as with noise, is an action, too.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for node in scope.statements():
        if not isinstance(node, ast.Assign):
            continue
        names = {
            each.id
            for target in node.targets
            for each in walk(target)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        is_draw = any(words_of(name) & _DRAWN for name in names)
        state = _state_behind(node.value, found, is_draw=is_draw)
        found |= {name: state if found.get(name, state) == state else "" for name in names}
        lines = {**dict.fromkeys(names, node.lineno), **lines}  # noise comes after
    return found, lines


def _state_behind(value: ast.expr, drawn: dict[str, str], *, is_draw: bool) -> str:
    """Return the one state by which an expression's actions are chosen, '' where there is none."""
    states: set[str] = set()
    for node in walk(value):
        match node:
            case ast.Call(func=func) if _is_called(func, _CRITICS):
                return ""
            case ast.Call(func=func, args=[state, *_]) if is_draw or _is_called(func, _POLICIES):
                states.add(_state(state))
            case ast.Name(id=name, ctx=ast.Load()):
                states.add(drawn.get(name, ""))
    states.discard("")
    return states.pop() if len(states) == 1 else ""


def _read_pair(call: ast.Call, drawn: dict[str, str]) -> tuple[str, str, str]:
    """Return the state that a critic is given, the action beside it, and the state of that."""
    args = call.args
    match args:
        case [ast.Call(func=func, args=[ast.List(elts=parts) | ast.Tuple(elts=parts), *_]), *_]:
            args = parts if called_name(func) in ("cat", "concat", "concatenate", "hstack") else []
    if len(args) < 2:
        return "", "", ""
    return _state(args[0]), ast.unparse(args[1]), _state_behind(args[1], drawn, is_draw=False)


def _is_called(func: ast.expr, words: frozenset[str]) -> bool:
    """Whether a word stands in what is called: `q1_target`, `self.critic`, `self.actor.sample`."""
    names = (each for each in ast.unparse(func).split(".") if each.isidentifier())
    return any(words_of(each) & words for each in names)


def _state(node: ast.expr) -> str:
    """Return how a state is written, '' for anything else that a name says."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            is_state = bool(words_of(_plain(name)) & _STATES)
            return ast.unparse(node) if is_state else ""
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            is_state = bool(words_of(_plain(name)) & _STATES)
            return ast.unparse(node) if is_state else ""
    return ""


def _plain(name: str) -> str:
    """Return the name without what says that it is the next one: `obs` of `next_obs`, `obs2`."""
    words = [each for each in name.lower().split("_") if each and each not in _NEXT]
    plain = "_".join(words)
    if plain.endswith("2") and plain[:-1].isalpha():
        return plain[:-1]
    return plain.removeprefix("next") if plain != "next" else plain


def _is_next(later: str, state: str) -> bool:
    """Whether one of two states, both known, is written as the one that follows the other."""
    if not later or not state or later == state:
        return False
    one, other = _split(later), _split(state)
    return one[0] == other[0] and _plain(one[1]) == other[1].lower()


def _split(text: str) -> tuple[str, str]:
    """Return what a name is an attribute or an entry of, and the name."""
    if text.endswith("]"):
        before, _, key = text.rpartition("[")
        return before, key.strip("]'\"")
    before, _, name = text.rpartition(".")
    return before, name


def _is_bound_between(scope: Scope, state: str, of: str, last: int) -> bool:
    """Whether a state takes another's name, so that both are of one time further on."""
    for node in scope.statements():
        if isinstance(node, ast.Assign) and node.lineno <= last:
            read = {ast.unparse(each) for each in walk(node.value) if _is_name(each)}
            for target in node.targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                bound = {ast.unparse(each) for each in parts} & {state, of}
                if bound and read & ({state, of} - bound):
                    return True
    return False


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_discounted(scope: Scope, call: ast.Call) -> bool:
    """Whether what a call gives is multiplied with a discount, there or under a name."""
    names: set[str] = set()
    for node in scope.statements():
        if isinstance(node, ast.Assign) and node.lineno >= call.lineno - 1:
            read = list(walk(node.value))
            if any(each is call or _is_one_of(each, names) for each in read):
                names |= {each.id for one in node.targets for each in walk(one)
                          if isinstance(each, ast.Name)}  # fmt: skip
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult)
        and any(each is call or _is_one_of(each, names) for each in walk(node))
        and any(_is_discount(each) for each in walk(node))
        for node in scope.nodes()
    )


def _is_one_of(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_discount(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & _DISCOUNTS)
        case ast.Constant(value=float() as number):
            return 0.9 <= number < 1
    return False
