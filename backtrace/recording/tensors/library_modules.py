"""Modules whose class comes from an installed library, whose parts need not all be in use."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache

from torch import nn

from backtrace.as_data import class_module
from backtrace.explain.graph import module_tree


def find_borrowed(prefix: str, module: nn.Module) -> tuple[str, ...]:
    """Return the outermost modules of a library's own classes, torch's left out; '' is the model.

    A name ends with a dot, as what begins the names of its parameters.
    """
    found: list[str] = []
    for name, part in module_tree.named_modules(module):
        path = f"{prefix}{name}." if name else prefix
        if _is_of_library(class_module(type(part))) and not path.startswith(tuple(found)):
            found.append(path)
    return tuple(found)


@cache
def _is_of_library(module: str) -> bool:
    if module.partition(".")[0] == "torch":
        return False
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return file.startswith(tuple(sysconfig.get_path(each) for each in ("purelib", "platlib")))


def find_end_id(model: nn.Module) -> int | None:
    """Return the id by which texts end, of a model whose `config` names it as Transformers' do."""
    return _number_in_config(model, "eos_token_id")


def find_start_id(model: nn.Module) -> int | None:
    """Return the id with which a decoder begins, of a model whose `config` names it."""
    return _number_in_config(model, "decoder_start_token_id")


def _number_in_config(model: nn.Module, name: str) -> int | None:
    config = object.__getattribute__(model, "__dict__").get("config")
    try:
        found = object.__getattribute__(config, "__dict__").get(name)
    except AttributeError:
        return None  # it has no attributes of its own
    return found if type(found) is int else None
