"""Which modules are models: those that were watched, and those that are found at work."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, MutableMapping
from itertools import count

from torch import Tensor, nn

from backtrace.as_data import attributes_of, is_a
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.unregistered import find_unregistered
from backtrace.recording.tensors.named_parameters import strip_wrapping
from backtrace.recording.tensors.shards import is_fully_sharded
from backtrace.recording.tensors.ties import Ties
from backtrace.recording.tensors.wrappers import is_wrapper
from backtrace.recording.weak_keys import weak_keys

Reference = weakref.ref[nn.Module]


class Models:
    """The known models with the prefixes of their parameters' names, and who may be one.

    `is_stale` when a module got a part since it was last gone through.
    """

    def __init__(self) -> None:
        self.known: list[tuple[str, Reference]] = []
        self.is_stale = False
        self.called = ""  # the one whose call was entered last
        self.ties = Ties()
        self.lone: dict[int, tuple[str, Reference]] = {}  # parts called alone, with their names
        self._made: dict[int, Reference] = {}
        self._parts: MutableMapping[nn.Module, bool] = weak_keys()  # of other modules
        self._called: dict[int, Reference] = {}
        self._unregistered: dict[int, Reference] = {}
        self._shared: MutableMapping[nn.Module, list[list[str]]] = weak_keys()

    def __iter__(self) -> Iterator[tuple[str, nn.Module]]:
        """Go through the known models that are still alive, with their prefixes."""
        for prefix, ref in self.known:
            module = ref()
            if module is not None:
                yield prefix, module

    def add(self, module: nn.Module, name: str | None) -> bool:
        """Take in a model; False when it is known already."""
        if any(ref() is module for _, ref in self.known):
            return False
        position = len(self.known)
        prefix = f"{name}." if name else (f"model[{position}]." if position else "")
        taken = {known for known, _ in self}
        if prefix == "model." and "" in taken:  # the first is called so, and has no prefix
            prefix = next(found for n in count(2) if (found := f"model#{n}.") not in taken)
        self.known.append((prefix, weakref.ref(module)))
        self.is_stale = True
        return True

    def record_assignment(
        self, parent: nn.Module, children: Iterable[object], name: str = ""
    ) -> None:
        """Take note that `parent` has these parts now: it may be a model, or change one."""
        self.is_stale = True
        if parent not in self._parts:
            self._made[id(parent)] = weakref.ref(parent)
        for child in children:
            if name:
                self.ties.record_assignment(parent, name, child)
            if is_a(child, nn.Module):
                self._made.pop(id(child), None)
                self._parts[child] = True

    def record_call(self, module: nn.Module) -> None:
        """Take note that `module` was called; its parts were called before it."""
        met = self._called.get(id(module))
        if met is None or met() is not module:
            self._called[id(module)] = self._unregistered[id(module)] = weakref.ref(module)
            self.is_stale = self.is_stale or is_fully_sharded(module)  # that no hook told of
            if attributes_of(module).get("_modules") and (shared := _find_shared(module)):
                self._shared[module] = shared

    def shared_before(self, module: nn.Module) -> list[list[str]]:
        """Return the names that were of one tensor each when `module` was made or first called."""
        return self._shared.get(module) or [list(pair) for pair in self.ties.find(module)]

    def pop_unregistered_models(self) -> list[nn.Module]:
        """Return the modules called for the first time that belong to no known model.

        Of modules that hold one another only the outermost are given, and those without
        parameters not at all.
        """
        if not self._unregistered:
            return []
        found = {
            key: module for key, ref in self._unregistered.items() if (module := ref()) is not None
        }
        self._unregistered = {}
        inside = {id(part) for _, model in self for part in module_tree.modules(model)}
        for module in found.values():
            inside |= {id(part) for part in module_tree.modules(module) if part is not module}
        outside = [module for key, module in found.items() if key not in inside]
        return [module for module in outside if any(True for _ in module_tree.parameters(module))]

    def put_back(self, module: nn.Module) -> None:
        """Give a module again with the next that are called for the first time."""
        self._unregistered[id(module)] = weakref.ref(module)

    def are_several(self) -> bool:
        """Whether more than one model with parameters is there, known or made while recording.

        What another holds in a list or a dict is a part of that one.
        """
        made = [module for ref in self._made.values() if (module := ref()) is not None]
        found = {id(each): each for each in (*made, *(module for _, module in self))}.values()
        hidden = {id(held.tensor) for each in found for held in find_unregistered(each)}
        own = ({id(tensor) for tensor in module_tree.parameters(each)} - hidden for each in found)
        return sum(map(bool, own)) > 1

    def wrappers(self) -> list[nn.Module]:
        """Return the wrappers over ranks that were made while recording, or are known models."""
        made = [module for ref in self._made.values() if (module := ref()) is not None]
        found = {id(each): each for each in (*made, *(m for _, m in self)) if is_wrapper(each)}
        return list(found.values())

    def name_of_part(self, target: object) -> str:
        """Return the name of a part that was called alone; '' of all else."""
        name, ref = self.lone.get(id(target), ("", None))
        return name if ref is not None and ref() is target else ""

    def find_owner(self, tensor: Tensor) -> nn.Module | None:
        """Return the outermost module, of those made while recording, that owns `tensor`."""
        for key, ref in list(self._made.items()):
            module = ref()
            if module is None:
                del self._made[key]
            elif any(tensor is own for own in module_tree.parameters(module)):
                return module
        return None


def _find_shared(module: nn.Module) -> list[list[str]]:
    """Return the names of each parameter that has several."""
    names: dict[int, list[str]] = {}
    for name, tensor in module_tree.named_parameters(module, remove_duplicate=False):
        names.setdefault(id(tensor), []).append(strip_wrapping(name))
    return [found for found in names.values() if len(found) > 1]
