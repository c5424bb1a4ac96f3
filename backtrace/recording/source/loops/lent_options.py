"""Options of an optimizer or a scheduler that are given what is called by another option's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import OPTIMIZERS, Scope, called_name, word_set

_SCHEDULERS = frozenset(
    name for name, kind in vars(torch.optim.lr_scheduler).items() if isinstance(kind, type)
)
# What settings that are meant for an option are called.
_MEANT_FOR = {
    "lr": word_set("lr learning_rate base_lr init_lr initial_lr"),
    "weight_decay": word_set("weight_decay wd weightdecay l2 l2_reg"),
    "momentum": word_set("momentum"),
    "eps": word_set("eps epsilon adam_epsilon adam_eps"),
    "betas": word_set("betas"),
    "gamma": word_set("gamma lr_gamma"),
    "step_size": word_set("step_size lr_step_size"),
    "factor": word_set("factor lr_factor"),
    "patience": word_set("patience lr_patience"),
    "T_max": word_set("T_max t_max"),
    "eta_min": word_set("eta_min min_lr lr_min"),
}


def find_lent_options(scope: Scope) -> Iterator[Slip]:
    """Give each option that is given another's setting, as `lr=args.weight_decay`.

    `name` is the option, `beside` what it is given.
    """
    for node in scope.nodes():
        if isinstance(node, ast.Call) and called_name(node.func) in OPTIMIZERS | _SCHEDULERS:
            for given in node.keywords:
                if given.arg in _MEANT_FOR and _is_of_another(given.arg, given.value):
                    told = ast.unparse(given.value)[:LONGEST]
                    yield Slip(given.value.lineno, "lent-option", given.arg, told)


def _is_of_another(option: str, value: ast.expr) -> bool:
    """Whether one of the names that lead to a setting is that of another option, and none its own.

    Such as `cfg.weight_decay`, `cfg["weight_decay"]` and `cfg["weight_decay"]["value"]`.
    """
    names = set(_names_of(value))
    if names & _MEANT_FOR[option]:
        return False
    return any(names & meant for other, meant in _MEANT_FOR.items() if other != option)


def _names_of(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=inner, attr=name):
            yield name
            if not isinstance(inner, ast.Name):
                yield from _names_of(inner)
        case ast.Subscript(value=inner, slice=ast.Constant(value=str(name))):
            yield name
            if not isinstance(inner, ast.Name):
                yield from _names_of(inner)
