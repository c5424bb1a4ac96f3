"""skorch's nets that a loop fits again and again, to be used when it is over."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.models.fitted_anew import NETS, makes_modules
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import walk

_Loop = ast.For | ast.While
_USES = word_set("predict predict_proba score forward save_params module_")
_COUNTS = word_set("range tqdm trange count")
_TOLD = _USES | {"history", "history_"}
# What tells a loop of runs of their own: folds, seeds, and how long each takes.
_RUNS = ("split", "fold", "seed", "repeat", "trial", "run", "grid", "time", "perf_counter")


def find_fitted_in_loops(scope: Scope) -> Iterator[Slip]:
    """Give each `net.fit` of a loop that does nothing else with the net; `beside` uses it then."""
    loops = [each for each in scope.nodes() if isinstance(each, _Loop)]
    if not loops or not makes_modules(scope.tree):
        return
    for loop in loops:
        for fit in (each for each in walk(loop) if isinstance(each, ast.Call)):
            match fit.func:
                case ast.Attribute(value=ast.Name(id=net), attr="fit"):
                    used = _used_behind(net, loop, scope) or _told_of_epoch(net, fit, loop)
                    if used and _is_made_once(net, loop, scope) and _is_all(net, fit, loop, scope):
                        yield Slip(fit.lineno, "fitted-each-turn", net, str(used))


def _told_of_epoch(net: str, fit: ast.Call, loop: _Loop) -> int:
    """Return the line that tells of a net in a loop over epochs on the same data; 0 if none does.

    Nothing of what `fit` is given is made in the loop.
    """
    names = [each for each in walk(loop) if isinstance(each, ast.Name)]
    made = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    handed = (*fit.args, *(each.value for each in fit.keywords))
    given = {each.id for part in handed for each in walk(part) if isinstance(each, ast.Name)}
    if made & given or not _counts_epochs(loop):
        return 0
    return min((each.lineno for each in _tellings(net, loop)), default=0)


def _counts_epochs(loop: _Loop) -> bool:
    match loop:
        case ast.For(target=ast.Name(id=turn), iter=ast.Call(func=func)):
            return "epoch" in turn.lower() and called_name(func) in _COUNTS
    return False


def _tellings(net: str, loop: _Loop) -> Iterator[ast.Attribute]:
    """Give what a loop takes of a net to say, or to keep, how good it is."""
    for each in walk(loop):
        match each:
            case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Load()):
                if name == net and attr in _TOLD:
                    yield each


def _is_made_once(net: str, loop: _Loop, scope: Scope) -> bool:
    """Whether a net is made in one place, and not in the loop."""
    made = [
        node
        for node in walk(scope.tree)
        if isinstance(node, ast.Name) and node.id == net and isinstance(node.ctx, ast.Store)
    ]
    parents = parents_in(scope.tree)
    match made:
        case [only]:
            above = parents.get(id(only))
            is_net = (
                isinstance(above, ast.Assign)
                and isinstance(above.value, ast.Call)
                and called_name(above.value.func) in NETS
            )
            return is_net and not any(each is only for each in walk(loop))
    return False


def _is_all(net: str, fit: ast.Call, loop: _Loop, scope: Scope) -> bool:
    """Whether a loop fits the net and at most tells of it, and is not one of runs of their own.

    One over epochs may keep what it would tell.
    """
    told = {
        id(inner)
        for each in walk(loop)
        if isinstance(each, ast.Call) and called_name(each.func) == "print"
        for inner in walk(each)
    }
    if _counts_epochs(loop):
        told |= {id(each.value) for each in _tellings(net, loop)}
    head = ast.unparse(loop.iter) + ast.unparse(loop.target) if isinstance(loop, ast.For) else ""
    calls = {called_name(each.func) for each in walk(loop) if isinstance(each, ast.Call)}
    text = " ".join([head, *calls]).lower()
    uses = [
        each
        for each in walk(loop)
        if isinstance(each, ast.Name) and each.id == net and id(each) not in told
    ]
    inside = {id(each) for each in walk(fit.func)}
    is_left = any(isinstance(each, ast.Break | ast.Return) for each in walk(loop))
    return (
        not is_left
        and all(id(each) in inside for each in uses)
        and not any(each in text for each in _RUNS)
    )


def _used_behind(net: str, loop: _Loop, scope: Scope) -> int:
    """Return the first line behind a loop that uses what the net learned; 0 if there is none."""
    end = loop.end_lineno or loop.lineno
    lines = [
        node.lineno
        for node in scope.nodes()
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == net
        and node.attr in _USES
        and node.lineno > end
    ]
    return min(lines, default=0)
