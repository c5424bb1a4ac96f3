"""Scalers and choices of columns that are fitted to all rows, which are split afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_SCALERS = word_set("StandardScaler MinMaxScaler RobustScaler MaxAbsScaler PowerTransformer")
_CHOICES = word_set("SelectKBest SelectPercentile SelectFdr SelectFpr RFE RFECV")
_HELD = word_set("test val valid validation dev eval holdout")
_TRAINED = word_set("train training fit")
_SAME_ROWS = word_set("reshape astype to_numpy copy values float numpy")
_SPLITS = word_set("train_test_split random_split")


@dataclass(frozen=True)
class _Fit:
    """A call that fits to all rows of `data`, what it is made by and the statement it is in."""

    call: ast.Call
    scaler: str
    kind: str
    data: str


def find_fitted_before_split(scope: Scope) -> Iterator[Slip]:
    """Give each fit to rows that the same scope parts into train and test behind it.

    What is fitted to a part, or used on other data as well, is left out: what is held out may be
    another file's.
    """
    made = _made_in(scope.tree) if any(map(_is_fit, scope.nodes())) else {}
    for node in scope.nodes() if made else ():
        fit = _read_fit(node, made)
        if fit is None or not _is_whole(scope, fit) or _is_used_elsewhere(scope.tree, fit):
            continue
        rows = _made_of(scope, fit)
        how = _find_split(scope, rows, fit.call.lineno)
        if how is not None:
            is_choice = fit.kind in _CHOICES and len(fit.call.args) > 1
            is_series = how == "ordered" and _has_windows(scope.tree)
            kind: SlipKind = "fitted-to-all" if is_choice or is_series else "scaled-by-all"
            yield Slip(fit.call.lineno, kind, fit.data[:LONGEST], fit.scaler[:LONGEST])
            return


def _is_fit(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="fit" | "fit_transform"), args=[_, *_]):
            return True
    return False


def _made_in(tree: ast.Module) -> dict[str, str]:
    """Return the scalers that a file makes, by their names, each with its class."""
    found: dict[str, set[str]] = {}
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                    value = value.func.value
                kind = called_name(value.func) if isinstance(value, ast.Call) else ""
                found.setdefault(name, set()).add(kind)
    kinds = {name: min(each) for name, each in found.items() if len(each) == 1}
    return {"": "", **{name: kind for name, kind in kinds.items() if kind in _SCALERS | _CHOICES}}


def _read_fit(node: ast.AST, made: dict[str, str]) -> _Fit | None:
    match node:
        case ast.Call(
            func=ast.Attribute(value=owner, attr="fit" | "fit_transform"), args=[given, *_]
        ):
            kind = called_name(owner.func) if isinstance(owner, ast.Call) else ""
            scaler = ast.unparse(owner)
            kind = kind or made.get(scaler, "")
            data = _whole_rows(given)
            if kind in _SCALERS | _CHOICES and data:
                return _Fit(node, scaler, kind, data)
    return None


def _whole_rows(node: ast.expr) -> str:
    """Return the name whose rows something has, all of them; '' where it may be a part."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SAME_ROWS:
            return _whole_rows(inner)
        case ast.Attribute(value=inner, attr="values"):
            return _whole_rows(inner)
        case ast.Subscript(value=inner, slice=ast.List(elts=[ast.Constant(value=str()), *_])):
            return _whole_rows(inner)
        case ast.Subscript(value=inner, slice=ast.Constant(value=str())):
            return _whole_rows(inner)
    return ""


def _is_whole(scope: Scope, fit: _Fit) -> bool:
    """Whether the fitted data are no part of others, as far as their names and lines tell."""
    if words_of(fit.data) & (_HELD | _TRAINED):
        return False
    for node in scope.nodes():
        if isinstance(node, ast.Assign) and node.lineno <= fit.call.lineno:
            stored = {name for target in node.targets for name in _stored_in(target)}
            if fit.data in stored and (_is_cut(node.value) or len(stored) > 2):
                return False
    return True


def _stored_in(target: ast.expr) -> set[str]:
    return {
        each.id
        for each in walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _is_cut(value: ast.expr) -> bool:
    """Whether an expression takes a part of rows, or splits them."""
    return any(
        (isinstance(each, ast.Subscript) and _bounds(each) is not None)
        or (isinstance(each, ast.Call) and called_name(each.func) in _SPLITS)
        for each in walk(value)
    )


def _is_used_elsewhere(tree: ast.Module, fit: _Fit) -> bool:
    """Whether the same scaler is used on what is not the fitted data."""
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=owner, attr="transform" | "fit" | "fit_transform"),
                args=[given, *_],
            ):
                if ast.unparse(owner) == fit.scaler and _whole_rows(given) != fit.data:
                    return True
    return False


def _made_of(scope: Scope, fit: _Fit) -> set[str]:
    """Return the names of what is made of the scaled rows, all of them."""
    name = called_name(fit.call.func)
    rows: set[str] = set()
    for node in sorted(_assignments(scope), key=lambda each: each.lineno):
        if node.lineno < fit.call.lineno or _is_cut(node.value):
            continue
        begins = any(
            each is fit.call
            or (
                name == "fit"
                and isinstance(each, ast.Call)
                and isinstance(each.func, ast.Attribute)
                and each.func.attr == "transform"
                and ast.unparse(each.func.value) == fit.scaler
            )
            for each in walk(node.value)
        )
        if begins or names_in(node.value) & rows:
            rows |= {each for target in node.targets for each in _names_to(target)}
    return rows


def _assignments(scope: Scope) -> list[ast.Assign]:
    return [node for node in scope.nodes() if isinstance(node, ast.Assign)]


def _names_to(target: ast.expr) -> set[str]:
    """Return the names that a target writes to, those whose parts it writes to as well."""
    while isinstance(target, ast.Subscript):
        target = target.value
    if isinstance(target, ast.Tuple):
        return {name for each in target.elts for name in _names_to(each)}
    return {target.id} if isinstance(target, ast.Name) else set()


def _find_split(scope: Scope, rows: set[str], line: int) -> str | None:
    """Return how rows are parted behind a line: 'ordered' or 'drawn'; None where they are not."""
    cuts: list[tuple[str, str, frozenset[str]]] = []
    for node in scope.nodes():
        if not isinstance(node, ast.Assign) or node.lineno < line:
            continue
        for each in walk(node.value):
            match each:
                case ast.Call(args=args) if called_name(each.func) in _SPLITS:
                    if any(names_in(given) & rows for given in args):
                        return "ordered" if _keeps_order(each) else "drawn"
                case ast.Subscript(value=ast.Name(id=name)) if name in rows:
                    bounds = _bounds(each)
                    if bounds is not None:
                        words = _words_beside(node, each)
                        cuts.append((name, bounds, words))
    return "ordered" if _are_two_parts(cuts) else None


def _keeps_order(call: ast.Call) -> bool:
    return any(
        each.arg == "shuffle" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in call.keywords
    )


def _bounds(node: ast.Subscript) -> str | None:
    """Return `:n` or `n:` of a slice of rows, None of another."""
    first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    if not isinstance(first, ast.Slice) or first.step is not None:
        return None
    lower = ast.unparse(first.lower) if first.lower is not None else ""
    upper = ast.unparse(first.upper) if first.upper is not None else ""
    lower = "" if lower == "0" else lower
    return None if bool(lower) == bool(upper) else f"{lower}:{upper}"


def _words_beside(node: ast.Assign, part: ast.Subscript) -> frozenset[str]:
    """Return the words of the name that a part is given to."""
    target = node.targets[0]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        for name, value in zip(target.elts, node.value.elts, strict=False):
            if any(each is part for each in walk(value)):
                target = name
                break
    return frozenset(word for name in _stored_in(target) for word in _plain_words(name))


def _plain_words(name: str) -> Iterator[str]:
    for word in words_of(name):
        yield from (each for each in (word, *(w for w in _HELD | _TRAINED if w in word)))


def _are_two_parts(cuts: Sequence[tuple[str, str, frozenset[str]]]) -> bool:
    """Whether one slice ends where another begins, and they are called train and test."""
    for name, bounds, words in cuts:
        if not bounds.startswith(":") or not words & _TRAINED:
            continue
        end = bounds[1:]
        for other, beyond, beside in cuts:
            is_held = other == name and bool(beside & _HELD)
            if is_held and beyond.endswith(":") and beyond[:-1].startswith(end):
                return True
    return False


def _has_windows(tree: ast.Module) -> bool:
    """Whether a file cuts windows out of a series: `data[i : i + length]`."""
    for node in walk(tree):
        match node:
            case ast.Slice(lower=ast.Name(id=start), upper=ast.BinOp(op=ast.Add(), left=left)):
                if isinstance(left, ast.Name) and left.id == start:
                    return True
    return False
