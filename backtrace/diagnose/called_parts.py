"""Parts of models that were called alone, each told of as a model is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backtrace.ledger.events import ForwardRan
from backtrace.ledger.facts import ModelSeen

Models = Mapping[str, ModelSeen]


def find_called_parts(models: Models, calls: Iterable[ForwardRan]) -> dict[str, ModelSeen]:
    """Return, by its name in calls, what each part holds of what its model does."""
    names = dict.fromkeys(call.module for call in calls if call.module not in models)
    found = {name: (holder_of(models, name), path_of(models, name)) for name in names}
    return {
        name: _cut_out(models[holder], name, path) for name, (holder, path) in found.items() if path
    }


def holder_of(models: Models, name: str) -> str:
    """Return the model that a part of this name belongs to; a model's name itself."""
    found = (model for model in models if name == model or name.startswith(f"{model}."))
    return max(found, key=len, default=name)


def path_of(models: Models, name: str) -> str:
    """Return the way from its model to a part; '' of a model."""
    return name.removeprefix(holder_of(models, name)).removeprefix(".")


def _cut_out(model: ModelSeen, name: str, path: str) -> ModelSeen:
    inside = f"{name}.", f"{path}."  # a lone model's parameters do not begin with its name
    return replace(
        model,
        module=name,
        parameters=tuple(each for each in model.parameters if each.startswith(inside)),
        switched={
            each: kind for each, kind in model.switched.items() if f"{each}.".startswith(inside)
        },
    )
