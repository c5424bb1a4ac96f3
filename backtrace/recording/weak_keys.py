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


def weak_keys() -> MutableMapping[Any, Any]:
    """Return an empty dictionary, for any keys but tensors."""
    return WeakIdKeyDictionary(ref_type=_Ref)
