"""Dropout: the gradient passes where the forward let the value pass.

Source: Srivastava et al., Dropout (2014); scaling by 1 / (1 − p) while training, as torch does.
"""

from __future__ import annotations

from torch import nn

from backtrace.explain.rules.backward_rule import BackwardRule, Gradients, Rules, Tensors


def dropout(module: nn.Module, inputs: Tensors, outputs: Tensors, grads: Tensors) -> Gradients:
    """Return x.g = y.g · mask, all of one shape.

    `inputs` is (x, mask): the mask that this forward drew, 0 or 1 / (1 − p). Outside of training
    it is not needed: y = x.
    """
    if not module.training:
        return Gradients((grads[0],))
    return Gradients((grads[0] * inputs[1], None))


RULES: Rules = {
    cls: BackwardRule(cls.__name__, "x.g = y.g · mask", dropout, draws=True)
    for cls in (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
}
