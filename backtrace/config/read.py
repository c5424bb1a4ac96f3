"""YAML text becomes a tree of nodes, safely.

The tree is built from PyYAML's events with a stack of our own: its composer recurses (a thousand
`[` would exhaust Python's stack), keeps the last of two equal keys silently, and follows aliases
however much they unfold to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from backtrace.config.scalars import resolve_plain
from backtrace.config.syntax import explain
from backtrace.config.tree import Child, Flaw, Scalar, TextPlace, UnreadableError, YamlNode
from backtrace.config.words import visible

MAX_CHARACTERS = 2**20
MAX_VALUES = 200_000
MAX_DEPTH = 64
START = TextPlace(1, 1)
_STARTER = "a config has model, loss, optimizer and data: `backtrace configs` lists examples"


@dataclass
class _OpenCollection:
    """A collection whose end has not been read yet."""

    node: YamlNode
    place: TextPlace
    anchor: str | None
    key: str | None = None  # read, its value not yet
    key_place: TextPlace = START
    drop: bool = False  # the key is no good: read its value, and forget it
    extras: int = 0  # nameless keys so far
    merges: list[Child] = field(default_factory=list)


def read_tree(text: str) -> tuple[YamlNode, list[Flaw]]:
    """Return the tree of the one document in `text`, and the flaws that could be read past.

    Raises `UnreadableError` where reading cannot go on: no YAML, or too large, or too deep.
    """
    if len(text) > MAX_CHARACTERS:
        found = f"more than {MAX_CHARACTERS} characters"
        raise UnreadableError([Flaw((), found, "is this a config at all?", TextPlace(1, 1))])
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        raise UnreadableError([*builder.flaws, explain(error, text)]) from None
    except (ValueError, OverflowError):  # such as an escape beyond Unicode's last character
        flaw = Flaw((), "an escape that stands for no character", "", builder.place)
        raise UnreadableError([*builder.flaws, flaw]) from None
    root = builder.root
    if root is None or (root.kind == "scalar" and root.value is None):
        raise UnreadableError([Flaw((), "nothing in it", _STARTER, START)])
    return root, builder.flaws


class _Builder:
    """Takes events one by one; holds the root when the last has come."""

    def __init__(self) -> None:
        self.root: YamlNode | None = None
        self.flaws: list[Flaw] = []
        self.place = START
        self._open: list[_OpenCollection] = []
        self._anchors: dict[str, YamlNode | None] = {}  # None while still open
        self._documents = 0
        self._merged = 0  # entries that `<<` has looked at

    def take(self, event: yaml.Event) -> None:
        if event.start_mark is not None:
            self.place = TextPlace(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop("a second document", "a config is one: take out this `---`")
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._unfold(str(event.anchor)), alias=True)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event.tag)
            node = YamlNode("scalar", self._read_scalar(event))
            if event.anchor:
                self._anchors[event.anchor] = node
            self._add(node, plain=event.style is None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event.tag)
        if len(self._open) >= MAX_DEPTH:
            self._stop(f"more than {MAX_DEPTH} levels of nesting", "")
        if self._open and self._awaits_key(self._open[-1]):
            self._stop("a list or mapping as a key", "a key is text")
        if event.anchor:
            self._anchors[event.anchor] = None
        kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
        self._open.append(_OpenCollection(YamlNode(kind), self.place, event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        node = done.node
        for merge in done.merges:
            self._merged += len(merge.node.children)
            if self._merged > MAX_VALUES:
                self._stop(f"more than {MAX_VALUES} values merged by `<<`", "")
            for key, child in merge.node.children.items():
                if key not in node.children:
                    node.children[key] = child
                    node.size += child.node.size
                    node.height = max(node.height, child.node.height + 1)
        if done.anchor:
            self._anchors[done.anchor] = node
        self.place = done.place
        self._add(node)

    def _add(self, node: YamlNode, *, alias: bool = False, plain: bool = False) -> None:
        """Put a finished value where it belongs: the root, a list, or a mapping's key or value."""
        if node.size + (self._open[-1].node.size if self._open else 0) > MAX_VALUES:
            hint = "an alias counts as all that it stands for"
            self._stop(f"more than {MAX_VALUES} values", hint)
        if node.height + len(self._open) > MAX_DEPTH + 1:
            self._stop(f"more than {MAX_DEPTH} levels of nesting", "")
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if self._awaits_key(parent):
            self._take_key(parent, node, plain=plain and not alias)
            return
        if parent.node.kind == "list":
            self._attach(parent, str(len(parent.node.children)), Child(self.place, node))
        elif parent.key == "<<" and parent.drop:
            self._merge(parent, node)
        elif not parent.drop:
            self._attach(parent, str(parent.key), Child(parent.key_place, node))
        parent.key, parent.drop = None, False

    @staticmethod
    def _attach(parent: _OpenCollection, key: str, child: Child) -> None:
        parent.node.children[key] = child
        parent.node.size += child.node.size
        parent.node.height = max(parent.node.height, child.node.height + 1)

    @staticmethod
    def _awaits_key(parent: _OpenCollection) -> bool:
        return parent.node.kind == "mapping" and parent.key is None

    def _take_key(self, parent: _OpenCollection, node: YamlNode, *, plain: bool) -> None:
        parent.key_place = self.place
        value = node.value
        if node.kind != "scalar" or not isinstance(value, str):
            spoken = "true" if value is True else "false" if value is False else visible(str(value))
            self._flaw(
                f"a key that YAML reads as {'nothing' if value is None else spoken}, not as text",
                "put it in quotes if it is meant",
            )
            parent.key, parent.drop = f"?{parent.extras}", True
            parent.extras += 1
            return
        parent.key = value
        if value == "<<" and plain:
            parent.drop = True
        elif value in parent.node.children:
            first = parent.node.children[value].place.line
            hint = f"it is in line {first} already: keep one of the two"
            self._flaw(f"`{visible(value)}` a second time", hint)
            parent.drop = True

    def _merge(self, parent: _OpenCollection, node: YamlNode) -> None:
        sources = list(node.children.values()) if node.kind == "list" else []
        sources = sources or [Child(self.place, node)]
        if any(source.node.kind != "mapping" for source in sources):
            self._flaw("`<<` with something else than a mapping", "write `<<: *name`")
        else:
            parent.merges += sources

    def _unfold(self, name: str) -> YamlNode:
        if name not in self._anchors:
            hint = f"there is no `&{visible(name)}` before it; quote the text if it is meant"
            self._stop(f"the alias `*{visible(name)}`", hint)
        node = self._anchors[name]
        if node is None:
            self._stop(f"the alias `*{visible(name)}` inside what it stands for", "")
        return node

    def _read_scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text: str = event.value
        # "\ud800" is an escape that YAML lets pass, and that no terminal or file can be given.
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._flaw("text with half of a surrogate pair", "write the character itself")
            text = text.encode("ascii", "replace").decode("ascii")
        if event.style is not None:
            return text
        try:
            return resolve_plain(text)
        except ValueError as error:
            self._flaw(str(error), f"the largest is {2**63 - 1}")
            return 0

    def _refuse_tag(self, tag: str | None) -> None:
        if tag not in (None, "!"):
            hint = "tags have no meaning in a config: take it out"
            shown = visible(str(tag).replace("tag:yaml.org,2002:", "!!"))
            self._flaw(f"the tag `{shown}`", hint)

    def _path(self) -> tuple[str, ...]:
        path = []
        for each in self._open:
            if each.node.kind == "list":
                path.append(str(len(each.node.children)))
            elif each.key is not None:
                path.append(each.key)
        return tuple(path)

    def _flaw(self, found: str, hint: str) -> None:
        self.flaws.append(Flaw(self._path(), found, hint, self.place))

    def _stop(self, found: str, hint: str) -> NoReturn:
        self._flaw(found, hint)
        raise UnreadableError(self.flaws)
