"""Dictionaries whose keys are the user's objects: by identity, held weakly, and asked nothing."""

from __future__ import annotations

import weakref
from collections.abc import MutableMapping
from typing import Any

from torch.utils.weak import WeakIdKeyDictionary, WeakIdRef


class _Ref(WeakIdRef):
    """A reference as torch's, which asks its object for an attribute that only tensors have.

    A module's own `__getattr__` would be run by that.
    """

    __slots__ = ()
    __call__ = weakref.ref.__call__


class _TensorRef(WeakIdRef):
    """A reference to a tensor, which is told from the program's own by its class."""

    __slots__ = ()


def is_ours(ref: object) -> bool:
    """Whether a weak reference to a tensor may be ours: a plain one, or one of a dictionary's."""
    kind = type(ref)
    return kind is _TensorRef or (kind is weakref.ref and ref.__callback__ is None)  # type: ignore[attr-defined]


def weak_tensor_keys() -> MutableMapping[Any, Any]:
    """Return an empty dictionary whose keys are tensors."""
    return WeakIdKeyDictionary(ref_type=_TensorRef)


def weak_keys() -> MutableMapping[Any, Any]:
    """Return an empty dictionary, for any keys but tensors."""
    return WeakIdKeyDictionary(ref_type=_Ref)
