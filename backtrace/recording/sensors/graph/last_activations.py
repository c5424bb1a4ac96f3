"""Which activation made what a layer of dropout for SELU is given."""

from __future__ import annotations

from typing import TypeGuard

from torch import Tensor, nn

# ELU and SELU are one node of autograd, and CELU is much like them: none of them is here.
_ACTIVATIONS = {
    "ReluBackward0": "ReLU",
    "LeakyReluBackward0": "LeakyReLU",
    "HardtanhBackward0": "ReLU6 or Hardtanh",
    "GeluBackward0": "GELU",
    "SiluBackward0": "SiLU",
    "TanhBackward0": "Tanh",
    "SigmoidBackward0": "Sigmoid",
    "SoftplusBackward0": "Softplus",
}
_FOR_SELU = (nn.AlphaDropout, nn.FeatureAlphaDropout)


def is_for_selu(part: object) -> TypeGuard[nn.Module]:
    """Whether something is such a layer, by its type: a user's class may answer what it likes."""
    return issubclass(type(part), _FOR_SELU)


def find_activation(kind: type, args: tuple[object, ...]) -> str:
    """Return the activation that the input of an AlphaDropout came from, '' where it is fit.

    `kind` is the layer's class; '' of any other, too.
    """
    taken = args[0] if args else None
    if not issubclass(kind, _FOR_SELU) or type(taken) is not Tensor or taken.grad_fn is None:
        return ""
    return _ACTIVATIONS.get(taken.grad_fn.name(), "")
