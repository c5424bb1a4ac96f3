"""Whether a tensor is one of those that have a shape and no numbers."""

from __future__ import annotations

from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor


def has_no_values(tensor: Tensor) -> bool:
    """Whether a tensor is on the meta device, or fake.

    A fake one that is asked for its number makes a symbol for it, outside of its mode as well.
    """
    return tensor.is_meta or issubclass(type(tensor), FakeTensor)
