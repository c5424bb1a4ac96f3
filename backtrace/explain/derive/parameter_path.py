"""Where a parameter is in a model: the layers between it and the loss, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from backtrace.errors import UsageError
from backtrace.explain.chain.chain_rule import find_layers
from backtrace.explain.derive.observed import NamedModules
from backtrace.explain.rules import has_table_entry
from backtrace.ledger.name_globs import describe_unmatched


@dataclass(frozen=True)
class ParameterPath:
    """A parameter of a model, the layers of the chain if there is one, and who owns it.

    `owners` are the modules with the parameter, and its name in each.
    """

    model: nn.Module
    name: str
    parameter: nn.Parameter
    layers: NamedModules | None
    owners: list[tuple[str, nn.Module, str]]

    def name_in(self, module: nn.Module) -> str:
        """Return the parameter's name in a module; empty if that has no such parameter."""
        return _name_in(module, self.parameter)

    @property
    def tracked(self) -> NamedModules:
        """The modules to capture, each once."""
        owners = [(name, module) for name, module, _ in self.owners]
        found = {id(module): (name, module) for name, module in reversed([*owners, *self.chain])}
        return list(reversed(found.values()))

    @property
    def chain(self) -> NamedModules:
        """The layers of a Sequential, none for other models."""
        return self.layers or []


def find_path(model: nn.Module, param: str | None) -> ParameterPath:
    """Return where a parameter is.

    Args:
        param: its name; the first of the last layer with parameters when left out.

    Raises:
        UsageError: there is no such parameter, or it is frozen.
    """
    name = _choose(model, param)
    parameter = dict(model.named_parameters())[name]
    if not parameter.requires_grad:
        raise UsageError(
            f"--param {name}: it is frozen (requires_grad is False), so has no gradient"
        )
    layers = find_layers(model)
    return ParameterPath(model, name, parameter, layers, _find_owners(model, parameter, layers))


def _choose(model: nn.Module, param: str | None) -> str:
    names = [name for name, _ in model.named_parameters()]
    if not names:
        raise UsageError("the model has no parameters")
    if param is None:
        names_of = {id(each): name for name, each in model.named_parameters()}
        last = [module for module in model.modules() if any(True for _ in _own(module))][-1]
        return names_of[id(next(_own(last)))]
    if param not in names:
        raise UsageError(describe_unmatched([param], names))
    return param


def _own(module: nn.Module) -> Iterator[nn.Parameter]:
    yield from (each for each in module._parameters.values() if each is not None)


def _find_owners(
    model: nn.Module, parameter: nn.Parameter, layers: NamedModules | None
) -> list[tuple[str, nn.Module, str]]:
    """Return the outermost modules with a rule for the parameter, and those that hold it."""
    covered = _covered_by_chain(parameter, layers or [])
    found: list[tuple[str, nn.Module, str]] = []
    for name, module in model.named_modules():
        named = _name_in(module, parameter)
        is_owner = bool(named) and (has_table_entry(module) or "." not in named)
        if is_owner and id(module) not in covered:
            found.append((name or "model", module, named))
            covered |= {id(inner) for inner in module.modules()}
    return found


def _covered_by_chain(parameter: nn.Parameter, layers: NamedModules) -> set[int]:
    """Return the ids of the modules inside the chain's layers with a rule, if one has it."""
    if not any(_name_in(layer, parameter) for _, layer in layers):
        return set()
    return {id(each) for _, layer in layers if has_table_entry(layer) for each in layer.modules()}


def _name_in(module: nn.Module, parameter: nn.Parameter) -> str:
    return next((name for name, each in module.named_parameters() if each is parameter), "")
