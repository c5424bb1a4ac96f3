"""Which rule belongs to an optimizer."""

from __future__ import annotations

import inspect
from functools import cache

import torch

from backtrace.as_data import bases_of, find_in_class
from backtrace.explain.receipts.adadelta import explain_adadelta
from backtrace.explain.receipts.adafactor import explain_adafactor
from backtrace.explain.receipts.adagrad import explain_adagrad
from backtrace.explain.receipts.adam import explain_adam
from backtrace.explain.receipts.adamax import explain_adamax
from backtrace.explain.receipts.adamw import explain_adamw
from backtrace.explain.receipts.arithmetic import StepRule
from backtrace.explain.receipts.asgd import explain_asgd
from backtrace.explain.receipts.manual_sgd import explain_manual_sgd
from backtrace.explain.receipts.muon import explain_muon
from backtrace.explain.receipts.nadam import explain_nadam
from backtrace.explain.receipts.radam import explain_radam
from backtrace.explain.receipts.rmsprop import explain_rmsprop
from backtrace.explain.receipts.rprop import explain_rprop
from backtrace.explain.receipts.sgd import explain_sgd
from backtrace.train.manual_sgd import ManualSGD

_RULES: dict[str, StepRule] = {
    "SGD": explain_sgd,
    "Adam": explain_adam,
    "AdamW": explain_adamw,
    "Adamax": explain_adamax,
    "NAdam": explain_nadam,
    "RAdam": explain_radam,
    "RMSprop": explain_rmsprop,
    "Rprop": explain_rprop,
    "Adagrad": explain_adagrad,
    "Adadelta": explain_adadelta,
    "ASGD": explain_asgd,
    "Muon": explain_muon,
    "Adafactor": explain_adafactor,
}


def find_receipt(optimizer: torch.optim.Optimizer) -> StepRule | None:
    """Return the rule of an optimizer; None when there is none.

    A subclass has its parent's rule as long as it leaves `step` as it is.
    """
    step = _step_of(type(optimizer))
    for cls in bases_of(type(optimizer)):
        if not issubclass(cls, torch.optim.Optimizer):
            continue
        rule = _by_class().get(id(cls))
        if rule is not None and _step_of(cls) is step:
            return rule
    return None


def _step_of(kind: type) -> object:
    """Return the `step` of a class, past what wraps it."""
    return inspect.unwrap(find_in_class(kind, "step"))


@cache
def _by_class() -> dict[int, StepRule]:
    """Return the rules of the optimizers that this torch has, and of our own, by their ids."""
    found = {getattr(torch.optim, name, None): rule for name, rule in _RULES.items()}
    return {id(cls): rule for cls, rule in found.items() if cls is not None} | {
        id(ManualSGD): explain_manual_sgd
    }
