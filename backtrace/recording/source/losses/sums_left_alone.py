"""Losses that are a sum of terms and are told at most, while one of the terms is trained alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.losses.sum_terms import (
    LOSSES,
    factors_of,
    goes_backward,
    is_cut,
    is_told,
    join_terms,
    tensors_among,
    terms_of,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

# What a term is called, or what gives it, that is there to be trained.
_TRAINED = LOSSES | word_set(
    "kl kld kldiv aux reg regularizer regularization regulariser regularisation penalty sparsity "
    "entropy consistency contrastive commitment commit smooth smoothness perceptual recon rec "
    "reconstruction adv adversarial bce mse nll ce l1 dice divergence ortho orthogonality"
)
_JUDGED = word_set("val valid validation validate eval evaluate evaluation test")
# A sum with the weights' own size is told beside a loss that the optimizer's decay belongs to.
_SIZES = word_set("l2 wd decay norm")


def find_sums_left_alone(scope: Scope) -> Iterator[Slip]:
    """Give what goes backward, or is returned as the loss, in the place of a sum that has it.

    Nothing reads the sum but to tell it, and what it has beside that term has no other use.
    """
    if scope.reads_all or _is_judging(scope):
        return
    for block in scope.blocks:
        for node in block:
            for target, value in assigned_pairs(node):
                found = _read_sum(scope, target, value)
                if found is None:
                    continue
                name, terms = found
                for at, term in enumerate(terms):
                    lost = [each for each in terms[:at] + terms[at + 1 :] if each]
                    trained = _trained_with(scope, node, term)
                    if trained is not None and all(_is_idle(scope, node, t) for t in lost):
                        told = join_terms([frozenset({name}), *lost])
                        yield Slip(trained.lineno, "sum-left", ast.unparse(trained), told)
                        break


def _read_sum(
    scope: Scope, target: ast.expr, value: ast.expr
) -> tuple[str, list[frozenset[str]]] | None:
    """Return the name of a sum that is a loss, and its terms; None where that is not plain."""
    if not isinstance(target, ast.Name) or not isinstance(value, ast.BinOp):
        return None
    terms = terms_of(value)
    name = target.id
    is_loss = bool(words_of(name) & LOSSES) and not words_of(name) & _JUDGED
    if not is_loss or len(terms) < 2 or name in names_in(value) or is_cut(value):
        return None
    if not _is_left(scope, target) or scope.is_read_inside(name):
        return None
    return name, [frozenset(map(ast.unparse, factors_of(each))) for each in terms]


def _is_left(scope: Scope, target: ast.Name) -> bool:
    """Whether what is written to a name is told and no more, and written once."""
    uses = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id == target.id]
    stores = [each for each in uses if isinstance(each.ctx, ast.Store)]
    own = scope.table.lookup(target.id)
    return (
        len(stores) == 1
        and not own.is_declared_global()
        and all(is_told(scope, each) for each in uses if each is not target)
    )


def _trained_with(scope: Scope, made: ast.stmt, term: frozenset[str]) -> ast.Name | None:
    """Return where a term, a name by itself, goes backward behind a sum, or is the loss."""
    if len(term) != 1:
        return None
    (text,) = term
    end = made.end_lineno or made.lineno
    found = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id == text]
    if any(isinstance(each.ctx, ast.Store) and each.lineno > end for each in found):
        return None
    ordered = sorted(found, key=lambda each: (each.lineno, each.col_offset))
    behind = [each for each in ordered if each.lineno > end]
    trained = [each for each in behind if goes_backward(scope, each) or _is_first(scope, each)]
    return trained[0] if trained and _is_within(scope, made, trained[0]) else None


def _is_first(scope: Scope, node: ast.AST) -> bool:
    """Whether a function returns something first of several, in a line that reads no sum."""
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    is_loss = bool((words_of(ast.unparse(node)) | words_of(scope.name)) & _TRAINED)
    match above:
        case ast.Tuple(elts=[first, *rest]) if first is node and is_loss:
            others = [each for each in rest if not isinstance(each, ast.Constant)]
            is_returned = isinstance(parents.get(id(above)), ast.Return)
            return is_returned and all(_is_of_logs(each) for each in others)
    return False


def _is_of_logs(node: ast.expr) -> bool:
    """Whether what is returned beside a loss is to be logged: a dictionary, numbers."""
    match node:
        case ast.Name(id=name):
            return bool(words_of(name) & word_set("log logs dict info stats metrics metric aux"))
    return isinstance(node, ast.Dict) or is_cut(node)


def _is_within(scope: Scope, made: ast.stmt, trained: ast.AST) -> bool:
    """Whether what is trained stands in the block of a sum, or deeper in it."""
    parents = parents_in(scope.tree)
    outer, above = parents.get(id(made)), parents.get(id(trained))
    while above is not None and above is not outer:
        above = parents.get(id(above))
    return above is outer


def _is_idle(scope: Scope, made: ast.stmt, term: frozenset[str]) -> bool:
    """Whether a term is there to be trained, and is used in its sum, and told, and no more."""
    inside = {id(each) for each in walk(made)}
    known = {
        node.id
        for node in scope.nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    names = {each for each in tensors_among(term) if each in known}
    if len(names) != 1:
        return _is_written_out(term)
    (name,) = names
    own = [node for node in scope.nodes() if isinstance(node, ast.Name) and node.id == name]
    is_free = all(
        id(node) in inside or isinstance(node.ctx, ast.Store) or is_told(scope, node)
        for node in own
    )
    return is_free and not scope.is_read_inside(name) and _is_for_training(scope, name)


def _is_written_out(term: frozenset[str]) -> bool:
    """Whether a term is a call of a loss that stands in the sum itself."""
    calls = [each for each in tensors_among(term) if each.endswith(")")]
    called = calls[0].partition("(")[0] if len(calls) == 1 else ""
    return bool(words_of(called.rpartition(".")[2]) & _TRAINED)


def _is_for_training(scope: Scope, name: str) -> bool:
    """Whether what is given to a name may have a graph, and is a loss by a name."""
    given = [
        (node, value)
        for node in scope.statements()
        for target, value in _targets(node)
        if name in names_in(target)
    ]
    words = words_of(name)
    if not given or words & _SIZES or not all(_may_have_graph(scope, *each) for each in given):
        return False
    called = [
        words_of(ast.unparse(value.func).rpartition(".")[2])
        for _, value in given
        if isinstance(value, ast.Call)
    ]
    return bool(words & _TRAINED) or any(each & _TRAINED for each in called)


def _targets(node: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=[target], value=value) | ast.AugAssign(target=target, value=value):
            return [(target, value)]
    return []


def _may_have_graph(scope: Scope, node: ast.stmt, value: ast.expr) -> bool:
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    while above is not None and not isinstance(above, Function):
        if isinstance(above, ast.With) and any(
            "no_grad" in ast.unparse(item.context_expr) for item in above.items
        ):
            return False
        above = parents.get(id(above))
    return not is_cut(value) and "parameters" not in ast.unparse(value)


def _is_judging(scope: Scope) -> bool:
    """Whether a function is one that evaluates."""
    if not isinstance(scope.node, Function):
        return False
    if words_of(scope.name) & _JUDGED:
        return True
    if any("no_grad" in ast.unparse(each) for each in scope.node.decorator_list):
        return True
    return any(isinstance(n, ast.Attribute) and n.attr == "eval" for n in own_nodes(scope.node))
