"""Targets that add a reward and the discounted value of the state after it, of every step alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import factors_of, terms_of
from backtrace.recording.source.source_file import called_name, parents_in, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

# Names that may say where an episode ends: by a word, or by a part of one.
_ENDS = word_set(
    "end ends over final finals valid alive continues continuation cont first firsts last "
    "boundary absorbing exit goes finished notdone live pcont"
)
_PARTS_OF_ENDS = ("done", "termin", "trunc", "mask", "final")
# Those are of schedules, and of how much was done: `eps_end`, `steps_done`.
_COUNTED = word_set("eps epsilon epsilons lr beta anneal steps episodes frames")
_REWARDS = word_set("r rs rew rews reward rewards")
_DISCOUNTS = word_set("gamma gam discount discounts")
_BEST = word_set("max amax gather min minimum amin take_along_dim logsumexp")
_CRITICS = word_set("critic critics q qf qnet q1 q2 target targets tgt")
_WEIGHTS = word_set("alpha temperature temp ent entropy coef")
# What an `if` around a target may ask: whether there is enough to learn from, and its turn.
_TURNS = word_set(
    "len memory buffer replay size batch step steps start starts learning warmup train freq every "
    "count t frame frames total i episode episodes min full ready update interval iteration self "
    "is can sample get num args cfg config global learn"
)
_Named = ast.Name | ast.Attribute


def find_unmasked_targets(scope: ast.AST, tree: ast.Module) -> Iterator[ast.BinOp]:
    """Give each target of a function, or of a file's own lines, that leaves out no state."""
    for node in own_nodes(scope):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
            continue
        terms = terms_of(node)
        following = [each for term in terms for each in _discounted(term)]
        if len(terms) != 2 or len(following) != 1 or not any(map(is_reward, terms)):
            continue
        parts = _made_of(following[0], scope)
        if _is_best(parts) and not _leaves_out(parts, scope) and _asks_for_turns(node, scope, tree):
            yield node


def says_end(node: ast.AST) -> bool:
    """Whether a name, an argument or a key may say where an episode ends."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            pass
        case ast.Constant(value=str(name)) if name.isidentifier():
            pass
        case _:
            return False
    name = name.lower()
    is_one = bool(words_of(name) & _ENDS) or any(part in name for part in _PARTS_OF_ENDS)
    return is_one and not words_of(name) & _COUNTED


def is_reward(node: ast.expr) -> bool:
    """Return whether something is a reward, but for its shape."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool({each.rstrip("s") for each in words_of(name)} & _REWARDS)
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            return bool(words_of(key) & _REWARDS) or is_reward(value)
        case ast.Call(func=func, args=args):  # `torch.tensor(rewards)`, `rewards.view(-1)`
            inner = [func.value] if isinstance(func, ast.Attribute) else []
            return any(map(is_reward, (*args[:1], *inner)))
        case ast.Subscript(value=value):
            return is_reward(value)
    return False


def _discounted(term: ast.expr) -> list[ast.expr]:
    """Return the value of a product of one value and a discount; nothing of any other."""
    factors = factors_of(term)
    others = [each for each in factors if not _is_discount(each)]
    return others if len(factors) == 2 and len(others) == 1 else []


def _is_discount(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=float() as number):
            return 0.5 < number < 1
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(words_of(name) & _DISCOUNTS)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return bool(words_of(key) & _DISCOUNTS)
    return False


def _made_of(value: ast.expr, scope: ast.AST) -> list[ast.AST]:
    """Return what goes into a value, names followed to what they were given last before it."""
    found: list[ast.AST] = []
    known: set[str] = set()
    waiting = [value]
    for node in waiting:  # it grows
        found += walk(node)
        for each in walk(node):
            if isinstance(each, ast.Name) and each.id not in known:
                known.add(each.id)
                waiting += _given_last(each.id, node.lineno, scope)
    return found


def _given_last(name: str, line: int, scope: ast.AST) -> list[ast.expr]:
    given = [
        each
        for each in own_nodes(scope)
        if isinstance(each, ast.Assign) and each.lineno <= line
        for target in each.targets
        for part in walk(target)
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
    ]
    last = max(given, key=lambda each: each.lineno, default=None)
    return [last.value] if last is not None else []


def _is_best(parts: list[ast.AST]) -> bool:
    """Whether a value is chosen among those of the actions, or is what a critic says."""
    called = [called_name(each.func) for each in parts if isinstance(each, ast.Call)]
    return any(name in _BEST or words_of(name) & _CRITICS for name in called)


def _leaves_out(parts: list[ast.AST], scope: ast.AST) -> bool:
    """Whether a value may be 0 of some states: by a product, a choice, or what is written to it."""
    names = {each.id for each in parts if isinstance(each, ast.Name)}
    for node in parts:
        match node:
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                if not any(words_of(called_name(each)) & _WEIGHTS for each in (left, right)):
                    return True
            case ast.IfExp() | ast.Compare() | ast.Call(func=ast.Attribute(attr="where")):
                return True
    return any(map(says_end, parts)) or any(_writes_to(node, names) for node in own_nodes(scope))


def _writes_to(node: ast.AST, names: set[str]) -> bool:
    """Whether a statement changes a part of one of these, or multiplies it."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
            return name in names
        case ast.AugAssign(target=ast.Name(id=name)):
            return name in names
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr))):
            return name in names and attr.endswith("_")
    return False


def _asks_for_turns(node: ast.AST, scope: ast.AST, tree: ast.Module) -> bool:
    """Whether each `if` around a target asks no more than whether it is time to learn."""
    parents = parents_in(tree)
    below, above = node, parents.get(id(node))
    while above is not None and above is not scope:
        if isinstance(above, ast.IfExp):
            return False
        if isinstance(above, ast.If):
            names = (each for each in walk(above.test) if isinstance(each, _Named))
            if any(not words_of(called_name(each).lower()) & _TURNS for each in names):
                return False
            if below in above.orelse and not _is_guard(above):
                return False
        below, above = above, parents.get(id(above))
    return isinstance(scope, Function | ast.Module)


def _is_guard(node: ast.If) -> bool:
    return all(isinstance(each, ast.Return | ast.Continue | ast.Pass) for each in node.body)
