"""Where a key path of the spelled-out config stands: in the file, or in a `--set`."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from backtrace.config.tree import Child, Flaw, TextPlace, YamlNode
from backtrace.config.words import visible
from backtrace.errors import Problem

# Spelling out puts these between a value and what encloses it in the file.
_SKIPPED = ("kwargs", "args", "loss", "shape")
_START = TextPlace(1, 1)


def match_key(parts: tuple[str, ...], keys: Container[str]) -> tuple[str, int] | None:
    """Return the key that `parts` begin with, and how many parts it takes.

    Keys may hold dots (`init: {0.weight: 1.0}`), so the longest that is there wins.
    """
    for taken in range(len(parts), 0, -1):
        key = ".".join(parts[:taken])
        if key in keys:
            return key, taken
    return None


def shown_path(path: Iterable[str]) -> tuple[str, ...]:
    """Return a path of the spelled-out config without what nobody types.

    `loss.loss.loss.kwargs.reduction` is `loss.reduction`, `data.input.shape.1` is `data.input.1`.
    """
    parts = tuple(path)
    return tuple(
        part
        for at, part in enumerate(parts)
        if not (at and at + 1 < len(parts) and part in _SKIPPED)
    )


def join_path(path: tuple[str, ...]) -> str:
    """Return a path of keys as it is shown: printable, and cut if it is absurdly long."""
    return visible(".".join(path), 120)


@dataclass(frozen=True)
class Places:
    """The file's name and tree, and the key paths that were overridden, with the key as typed."""

    file: str
    root: YamlNode
    overridden: tuple[tuple[tuple[str, ...], str], ...] = ()

    def locate(self, path: Iterable[str]) -> str:
        """Return `file:line:column`, of the nearest parent if need be, or `--set KEY`."""
        parts = tuple(path)
        for at, typed in reversed(self.overridden):
            if parts[: len(at)] == at:
                return f"--set {typed}"
        _, place, whole = self._walk(parts)
        if not whole:
            for at, typed in reversed(self.overridden):
                if at[: len(parts)] == parts and parts:
                    return f"--set {typed}"
        return f"{self.file}:{place.line}:{place.column}"

    def problem(self, flaw: Flaw) -> Problem:
        """Return the flaw with its place, its path spelled as the file spells it."""
        if flaw.place is not None:
            where = f"{self.file}:{flaw.place.line}:{flaw.place.column}"
            return Problem(join_path(flaw.path), flaw.found, flaw.hint, where)
        where = self.locate(flaw.path)
        typed = where.startswith("--set ")
        path = flaw.path if typed else self._walk(flaw.path)[0]
        spelled = join_path(shown_path(path)) if typed else ""
        return Problem(join_path(path), flaw.found, flaw.hint, where, spelled)

    def _walk(self, parts: tuple[str, ...]) -> tuple[tuple[str, ...], TextPlace, bool]:
        """Follow `parts` as far as they go.

        Returns the path as the file has it, the place of the last part found, and whether all
        were. Parts of a shorthand written as text are not in the file: its path ends there.
        """
        node, place, trail = self.root, _START, ()
        done: tuple[str, ...] = trail
        while parts:
            if parts[0] == "kwargs" and "args" in node.children and "kwargs" not in node.children:
                parts = ("args", *parts[1:])  # a mapping of args has become kwargs
            step = _step(node, parts)
            if step is None and parts[0] in _SKIPPED and len(parts) > 1:
                step = _step(node, parts[1:])
                step = step and (*step[:2], step[2] + 1)
            if step is None and (only := _named_layer(node, done)):
                step = (*only, 0)
            if step is None:
                return (*done, *parts) if node.kind == "mapping" else done, place, False
            key, child, taken = step
            node, place = child.node, child.place
            done, parts = (*done, key), parts[taken:]
        return done, place, True


def _step(node: YamlNode, parts: tuple[str, ...]) -> tuple[str, Child, int] | None:
    found = match_key(parts, node.children)
    return (found[0], node.children[found[0]], found[1]) if found else None


def _named_layer(node: YamlNode, done: tuple[str, ...]) -> tuple[str, Child] | None:
    """Return the entry of `- fc: …`, the layer's name, which is no key once spelled out."""
    is_layer = len(done) == 2 and done[0] == "model" and node.kind == "mapping"
    if not is_layer or len(node.children) != 1 or "type" in node.children:
        return None
    return next(iter(node.children.items()))
