"""Terms of a loss with the wrong sign: what is to be large is made small, or the reverse."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.ledger.source_facts import SlipKind
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set, words_of

_GAINS = word_set(
    "r g adv advantage advantages advs return returns reward rewards ret rets td delta gae "
    "discounted"
)
_LOGS = word_set("logp logps logprob logprobs logpi log_prob log_probs lp logits_taken")
_SCORES = word_set("dice iou elbo reward rewards ssim psnr accuracy acc likelihood")
_JUDGES = word_set("value values critic v vals val q qs")
# What gives a cost, whatever its result is called: `reward = tour_length(cities, tour)`.
_COSTS = word_set(
    "length lengths cost costs distance distances error errors loss losses penalty energy time"
)
_PASSING = word_set("mean sum squeeze cat stack")
_DISTANCES = word_set("mse_loss smooth_l1_loss huber_loss")
_MOST = 12  # names that are followed from a term to what goes backward


def find_turned_signs(scope: Scope) -> Iterator[Slip]:
    """Give each term of a scope that goes backward with the wrong sign."""
    uses = _Uses(scope)
    if not uses.backwards:
        return
    for statement in scope.statements():
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]
                    )
                )
            ):
                for term, sign, kind, wanted in _terms(value, 1):
                    last = uses.sign_at_backward(name, statement.lineno)
                    if last and sign * last != wanted and not uses.is_cost(term):
                        yield Slip(term.lineno, kind, ast.unparse(term)[:LONGEST], name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=root, attr="backward"))):
                if isinstance(root, ast.Name) and uses.is_plain_score(root.id):
                    yield Slip(statement.lineno, "score", root.id, root.id)
                for term, sign, kind, wanted in _terms(root, 1):
                    if sign != wanted and not uses.is_cost(term):
                        yield Slip(term.lineno, kind, ast.unparse(term)[:LONGEST], "")


def _terms(node: ast.expr, sign: int) -> Iterator[tuple[ast.expr, int, SlipKind, int]]:
    """Give the terms of an expression that have a sign of their own, and the one that is due."""
    kind, wanted = _kind_of(node)
    if kind is not None:
        yield node, sign, kind, wanted
        return
    for part, factor in _parts(node):
        if factor:
            yield from _terms(part, sign * factor)


def _parts(node: ast.expr) -> list[tuple[ast.expr, int]]:
    """Return what an expression is a sum of, each part with its sign; 0 where that is not plain.

    Means, and divisions, leave a sign as it is. Nothing of what is no sum.
    """
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return [(inner, -1)]
        case ast.BinOp():
            return _operands(node)
        case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
            return [(inner, 1)]
        case ast.Call():
            behind = _passed_on(node)
            return [(behind, 1)] if behind is not None else []
    return []


def _operands(node: ast.BinOp) -> list[tuple[ast.expr, int]]:
    left, right = node.left, node.right
    match node.op:
        case ast.Add() | ast.Sub():
            return [(left, 1), (right, 1 if isinstance(node.op, ast.Add) else -1)]
        case ast.Mult():
            return [(left, _sign_of_weight(right)), (right, _sign_of_weight(left))]
        case ast.Div():
            return [(left, 0 if isinstance(right, ast.UnaryOp) else 1)]
    return []


def _passed_on(call: ast.Call) -> ast.expr | None:
    """Return what a mean or a sum is taken of, or what is stacked."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[first, *_]):
            return first if name in _PASSING else None
        case ast.Call(func=ast.Attribute(value=inner, attr=name)):
            return inner if name in _PASSING else None
        case ast.Call(func=ast.Name(id="sum"), args=[inner]):
            return inner
    return None


def _sign_of_number(node: ast.expr) -> int:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -1
        case ast.Constant(value=int() | float() as value):
            return 1 if value > 0 else -1 if value < 0 else 0
    return 0


def _kind_of(node: ast.expr) -> tuple[SlipKind | None, int]:
    """Return what a term is, and the sign that it belongs into a loss with."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for one, other in ((left, right), (right, left)):
                if _is_log_prob(one) and _is_gain(other):
                    return "policy", -1
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, second, *_]):
            if name in _DISTANCES and any(
                isinstance(each, ast.Name) and words_of(each.id) & _JUDGES
                for each in (_root(first), _root(second))
            ):
                return "critic", 1
            texts = [ast.unparse(first), ast.unparse(second)]
            if name in ("min", "minimum") and all("surr" in t or "ratio" in t for t in texts):
                return "policy", -1
        case ast.BinOp(op=ast.Sub(), right=right) if _is_exp(right) and _has_one(node):
            return "divergence", -1
    return None, 0


def _is_exp(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="exp"), args=args, keywords=[]):
            spread = node.func.value if not args else args[0]  # type: ignore[attr-defined]
            return any("var" in word or "sig" in word for word in _names_in(spread))
    return False


def _has_one(node: ast.expr) -> bool:
    """Whether a sum is `1 + log_var - mu**2 - exp(log_var)`, in this order of its parts or not."""
    signs: list[tuple[int, ast.expr]] = []
    waiting: list[tuple[ast.expr, int]] = [(node, 1)]
    for part, sign in waiting:  # it grows
        match part:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                waiting += [(left, sign), (right, sign if isinstance(op, ast.Add) else -sign)]
            case _:
                signs.append((sign, part))
    ones = [sign for sign, part in signs if isinstance(part, ast.Constant) and part.value == 1]
    return len(signs) == 4 and ones == [1] and sum(sign for sign, _ in signs) == 0


def _names_in(node: ast.AST) -> list[str]:
    return [
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    ]


def _root(node: ast.expr) -> ast.expr:
    """Return what methods, subscripts and stacking were taken of."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[first, *_]):
                node = first
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
                node = inner
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return ast.Name(name)
            case _:
                return node


def _is_log_prob(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="log_prob")):
            return True
    root = _root(node)
    name = root.id.lower() if isinstance(root, ast.Name) else ""
    return name in _LOGS or "log_prob" in name or "logprob" in name or bool(words_of(name) & _LOGS)


def _is_gain(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return _is_gain(node.left)
    root = _root(node)
    return isinstance(root, ast.Name) and (root.id == "R" or bool(words_of(root.id) & _GAINS))


def _is_score(name: str) -> bool:
    words = words_of(name)
    return bool(words & _SCORES) and not words & word_set("loss neg negative minus penalty err")


class _Uses:
    """How names are used in a scope: in what sums, of which sign, and what goes backward."""

    def __init__(self, scope: Scope) -> None:
        self._given: dict[str, list[tuple[int, ast.expr]]] = {}
        self.backwards: set[str] = set()
        self._is_odd = {"maximize"} & {
            word.arg for node in scope.nodes() if isinstance(node, ast.Call)
            for word in node.keywords if word.arg
        }  # fmt: skip
        for node in scope.nodes():
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._given.setdefault(name, []).append((node.lineno, value))
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]
                ):
                    self._given.setdefault(name, []).append((node.lineno, value))
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    is_sum = isinstance(op, ast.Add)
                    self._given.setdefault(name, []).append((node.lineno, value))
                    if not is_sum and not isinstance(op, ast.Div):
                        self._is_odd = {name}
                case ast.Call(func=ast.Attribute(value=root, attr="backward")):
                    if not node.args and not node.keywords:
                        self._take_root(root)
        if self._is_odd:
            self.backwards = set()

    def _take_root(self, root: ast.expr) -> None:
        match root:
            case ast.Name(id=name):
                self.backwards.add(name)
            case ast.UnaryOp() | ast.BinOp() | ast.Call():
                self.backwards.add("")
                self._given.setdefault("", []).append((root.lineno, root))

    def sign_at_backward(self, name: str, line: int) -> int:
        """Return the sign with which a name goes backward; 0 where that is not plain."""
        sign = 1
        for _ in range(_MOST):
            if name in self.backwards:
                return sign
            found = [
                (other, at, own)
                for other, values in self._given.items()
                for at, value in values
                if at > line
                for own in _signs_of(value, name, 1)
            ]
            if len(found) != 1:
                return 0
            name, line, own = found[0]
            sign *= own
        return 0

    def is_cost(self, term: ast.expr) -> bool:
        """Whether something in a term is what a call gave whose name says that it is a cost."""
        values = (value for name in _names_in(term) for _, value in self._given.get(name, ()))
        called = (value.func for value in values if isinstance(value, ast.Call))
        return any(words_of(_names_in(each)[-1]) & _COSTS for each in called if _names_in(each))

    def is_plain_score(self, name: str) -> bool:
        """Whether a name stands for a score that is not taken from something else."""
        values = [value for _, value in self._given.get(name, ())]
        return (
            _is_score(name)
            and len(values) == 1
            and not any(isinstance(each, ast.USub | ast.Sub) for each in ast.walk(values[0]))
        )


def _signs_of(node: ast.expr, name: str, sign: int) -> list[int]:
    """Return the signs with which a name is a term of an expression; 0 where it is no plain one."""
    if isinstance(node, ast.Name):
        return [sign] if node.id == name else []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("item", "detach"):
        return []
    parts = _parts(node)
    if parts:
        return [own for part, factor in parts for own in _signs_of(part, name, sign * factor)]
    return [0] * any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _sign_of_weight(node: ast.expr) -> int:
    """Return the sign of what weighs a term; a name is taken for that of a positive number."""
    sign = _sign_of_number(node)
    return 1 if not sign and isinstance(node, ast.Name | ast.Attribute) else sign
