"""Options whose value, or whose key, is misspelt: what was meant is never chosen."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import Function, walk

_SHORTEST = 5  # letters: shorter words are too often one letter apart
Given = tuple[str, str, int]  # an option's name, its value, and the line it is given in


def find_misspelt_options(scope: Scope) -> Iterator[Slip]:
    """Give each value of an option that is one letter away from one it is compared with.

    That is where no comparison of the file knows the value itself, but for its capitals, and no
    class or function of the file is called after it. Keys that are looked up with a
    default (`config.get("dropuot", 0.0)`) are told of in the same way, with those of the dict.
    """
    if not isinstance(scope.node, ast.Module):
        return
    compared, keys = _gather(scope.tree)
    words = set[str]().union(*compared.values())
    for name, value, line in _given(scope.tree):
        meant = _find_meant(value, compared[name]) if value not in words else ""
        if meant and value.lower() != meant.lower() and not _is_a_word(value, scope.tree):
            yield Slip(line, "misspelt", value, meant)
    for name, key, line in _looked_up(scope.tree):
        if key not in keys[name] and (meant := _find_meant(key, keys[name])):
            yield Slip(line, "misspelt-key", key, meant)


def _is_a_word(value: str, tree: ast.Module) -> bool:
    """Whether something in the file is called so, as the class `TransRModel` is after `TransR`."""
    names = (each.name for each in walk(tree) if isinstance(each, ast.ClassDef | Function))
    return any(value.lower() in name.lower() for name in names)


def _gather(tree: ast.Module) -> tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """Return the texts that each name is compared with, and the keys of each dict."""
    compared: defaultdict[str, set[str]] = defaultdict(set)
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for node in walk(tree):
        match node:
            case ast.Compare(left=left, comparators=[right]):
                for subject, known in ((left, right), (right, left)):
                    compared[_name_of(subject)].update(_texts(known))
            case ast.Match(subject=subject, cases=cases):
                patterns = [each for case in cases for each in walk(case.pattern)]
                values = [e.value for e in patterns if isinstance(e, ast.MatchValue)]
                compared[_name_of(subject)].update(*map(_texts, values))
            case ast.Subscript(value=ast.Dict(keys=known), slice=index):
                compared[_name_of(index)].update(*(_texts(each) for each in known if each))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=known)):
                keys[name].update(*(_texts(each) for each in known if each))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=index)]):
                keys[name].update(_texts(index))
    compared.pop("", None)
    return compared, keys


def _given(tree: ast.Module) -> Iterator[Given]:
    """Give the texts that parameters, arguments and entries of dicts are given."""
    for node in walk(tree):
        match node:
            case ast.arguments():
                yield from _defaults(node)
            case ast.keyword(arg=str(name), value=ast.Constant(value=str(value))):
                yield name, value, node.lineno
            case ast.AnnAssign(target=target, value=ast.Constant(value=str(value))):
                yield _name_of(target), value, node.lineno
            case ast.Assign(targets=[target], value=ast.Constant(value=str(value))):
                yield _name_of(target), value, node.lineno
            case ast.Dict(keys=keys, values=values):
                for key, each in zip(keys, values, strict=True):
                    match key, each:
                        case ast.Constant(value=str(name)), ast.Constant(value=str(value)):
                            yield name, value, each.lineno
            case ast.Call(args=[ast.Constant(value=str(flag)), *_], keywords=keywords):
                if called_name(node.func) == "add_argument":
                    name = flag.lstrip("-").replace("-", "_")
                    for keyword in keywords:
                        for value in _texts(keyword.value) if keyword.arg == "default" else ():
                            yield name, value, keyword.lineno


def _defaults(node: ast.arguments) -> Iterator[Given]:
    named = [*node.posonlyargs, *node.args]
    pairs = [
        *zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True),
        *zip(node.kwonlyargs, node.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        if isinstance(default, ast.Constant) and isinstance(default.value, str):
            yield argument.arg, default.value, default.lineno


def _looked_up(tree: ast.Module) -> Iterator[Given]:
    """Give the keys that a dict is asked for with something else in their place."""
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="get"),
                args=[ast.Constant(value=str(key)), _],
            ):
                yield name, key, node.lineno


def _name_of(node: ast.expr) -> str:
    """Return what an option is called: `mining` of `self.mining`, or of `config["mining"]`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "upper" | "strip")):
            return _name_of(inner)
    return ""


def _texts(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return [text for each in elements for text in _texts(each)]
    return []


def _find_meant(value: str, known: set[str]) -> str:
    return next((each for each in sorted(known) if is_slip_of(value, each)), "")


def is_slip_of(written: str, meant: str) -> bool:
    """Whether one letter is another one, is missing or is doubled, or two are the wrong way round.

    A first or last letter more or less is another form of the word (`mask`, `masks`), and so is
    one beside a digit or a sign (`fold_a`, `fold_b`).
    """
    if min(len(written), len(meant)) < _SHORTEST or written[0] != meant[0]:
        return False
    start = _common(written, meant)
    end = _common(written[start:][::-1], meant[start:][::-1])
    ours, theirs = written[start : len(written) - end], meant[start : len(meant) - end]
    if not (ours + theirs).isalpha() or not _stands_in_word(meant, start, len(meant) - end):
        return False
    if len(ours) == len(theirs) == 2:
        return ours == theirs[::-1]
    return len(ours) <= 1 and len(theirs) <= 1 and (bool(end) or bool(ours and theirs))


def _stands_in_word(text: str, start: int, end: int) -> bool:
    """Whether a part belongs to a word of at least five letters."""
    before = len(text[:start]) - len(text[:start].rstrip("abcdefghijklmnopqrstuvwxyz"))
    after = len(text[end:]) - len(text[end:].lstrip("abcdefghijklmnopqrstuvwxyz"))
    return before + end - start + after >= _SHORTEST - 1


def _common(first: str, second: str) -> int:
    """Return how many letters two texts begin with alike."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
