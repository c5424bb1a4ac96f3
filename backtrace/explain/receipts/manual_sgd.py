"""ManualSGD, our own: the gradient and nothing else."""

from __future__ import annotations

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm


def explain_manual_sgd(before: Before) -> Arithmetic:
    """Return the one term of gradient descent: change = −lr·grad.

    Source: `backtrace.train.manual_sgd`; Cauchy, "Méthode générale pour la résolution des
    systèmes d'équations simultanées", 1847.
    """
    return Arithmetic({"gradient": ChangeTerm("−lr·grad", -before.lr * before.grad, before.lr)})
