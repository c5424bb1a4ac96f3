"""Which places of modules held one parameter and were given others, told by registration."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn

from backtrace.as_data import attributes_of, is_a
from backtrace.explain.graph import module_tree
from backtrace.recording.tensors.is_tensor import is_tensor

Place = tuple[weakref.ref[nn.Module], str]


class Ties:
    """Keeps the pairs of places that were tied before their model was known, and came apart."""

    def __init__(self) -> None:
        self._places: dict[int, list[Place]] = {}
        self._parted: list[tuple[Place, Place]] = []

    def record_assignment(self, parent: nn.Module, name: str, given: object) -> None:
        """Take note, before it is done, that `parent` is given a parameter or a module."""
        if is_tensor(given):
            old = _own(parent).get(name)
            if old is not None and old is not given:
                self._part(old, parent, name, parent, name)
            places = [place for place in self._places.get(id(given), ()) if _held(place) is given]
            self._places[id(given)] = [*places, (weakref.ref(parent), name)]
        elif is_a(given, nn.Module) and (left := _parts(parent).get(name)) is not None:
            after = dict(module_tree.named_modules(given))
            for path, part in module_tree.named_modules(left):
                for own, old in _own(part).items():
                    if old is not None and path in after and part is not after[path]:
                        self._part(old, part, own, after[path], own)

    def find(self, module: nn.Module) -> Iterator[tuple[str, str]]:
        """Give the names of what came apart within `module`, and is of the same shape still."""
        if not self._parted:
            return
        names = {id(part): name for name, part in module_tree.named_modules(module)}
        for (one, first), (other, second) in self._parted:
            parts = one(), other()
            held = _held((one, first)), _held((other, second))
            if None in held or held[0] is held[1] or any(id(part) not in names for part in parts):
                continue
            if held[0].shape == held[1].shape:  # type: ignore[union-attr]
                path, end = (names[id(part)] for part in parts)
                yield f"{path}.{first}".lstrip("."), f"{end}.{second}".lstrip(".")

    def _part(
        self, old: nn.Parameter, was: nn.Module, name: str, parent: nn.Module, own: str
    ) -> None:
        """Take note that `old` leaves one place, and stays in others."""
        for place in self._places.get(id(old), ()):
            if _held(place) is old and not (place[0]() is was and place[1] == name):
                self._parted.append(((weakref.ref(parent), own), place))


def _held(place: Place) -> nn.Parameter | None:
    module = place[0]()
    return None if module is None else _own(module).get(place[1])


def _own(module: nn.Module) -> dict[str, nn.Parameter | None]:
    found = attributes_of(module).get("_parameters")  # a scripted module has none of its own
    return found if isinstance(found, dict) else {}


def _parts(module: nn.Module) -> dict[str, nn.Module | None]:
    found = attributes_of(module).get("_modules")
    return found if isinstance(found, dict) else {}
