"""Builds the model: a list of layers, or a class of the user's."""

from __future__ import annotations

import inspect
import itertools
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

from backtrace.config.schema import Layer, ModelClass
from backtrace.train.imports import first_on_path, import_class
from backtrace.train.memory import fits_in_memory
from backtrace.train.names import layers as layer_family
from backtrace.train.problems import Problems
from backtrace.train.torch_call import UNSAID, ConfigCall, fits, make

MOST_IN_ONE = 1000  # layers that one layer may consist of: each is built, one after the other
COPIES = 4  # each parameter's value, its gradient, and two tensors of Adam's


def build_skeleton(problems: Problems, layers: list[Layer], dtype: torch.dtype) -> nn.Module | None:
    """Return the layers on the meta device, where tensors have a shape and no memory.

    Writes down unknown layers, arguments that do not fit and names given twice; refuses
    parameters that would not fit in memory. No random number is drawn.
    """
    if not layers:
        problems.add("model", "the model has no layers", "such as: model: [Linear(1, 1)]")
        return None
    with torch.device("meta"):
        model = _build(problems, layers)
    if model is None:
        return None
    model = model.to(dtype)
    needed = COPIES * sum(p.numel() * p.element_size() for p in model.parameters())
    hint = "counted: each parameter's value and gradient, and two tensors of an optimizer's"
    return model if fits_in_memory(problems, "model", "training the model", needed, hint) else None


def build_layers(problems: Problems, layers: list[Layer], dtype: torch.dtype) -> nn.Module | None:
    """Return the layers as an `nn.Sequential`, drawing from torch's random numbers."""
    model = _build(problems, layers)
    return None if model is None else model.to(dtype)


def _build(problems: Problems, layers: list[Layer]) -> nn.Sequential | None:
    built: OrderedDict[str, nn.Module] = OrderedDict()
    before = len(problems.found)
    for index, layer in enumerate(layers):
        key, name = f"model.{index}", layer.name or str(index)
        if name in built:
            problems.add(f"{key}.name", f"two layers are named {name!r}", "give each its own name")
            continue
        cls = layer_family().find(problems, f"{key}.type", layer.type)
        if cls is None:
            continue
        call = ConfigCall(
            key, layer.type, cls, layer.args, layer.kwargs, kwargs_key=f"{key}.kwargs"
        )
        if _is_placed_here(problems, call) or _is_too_deep(problems, call):
            continue
        module = make(problems, call) if fits(problems, call) else None
        if module is not None:
            built[name] = module
    if len(problems.found) > before:
        return None
    try:
        return nn.Sequential(built)
    except KeyError as error:  # a name that nn.Module uses itself, such as `forward`
        problems.add("model", f"torch does not take a layer's name: {error.args[0]}")
        return None


def _is_placed_here(problems: Problems, call: ConfigCall[object]) -> bool:
    """Tell whether a layer wants a device or dtype of its own, and write it down."""
    wanted = [keyword for keyword in UNSAID if keyword in call.kwargs]
    for keyword in wanted:
        hint = f"write loop: {{{keyword}: …}}; the data go there as well"
        problems.add(f"{call.kwargs_key}.{keyword}", f"a {keyword} of one layer", hint)
    return bool(wanted)


def _is_too_deep(problems: Problems, call: ConfigCall[nn.Module]) -> bool:
    """Tell whether a layer would consist of so many that building it takes no end."""
    cls = call.function
    names = [parameter.name for parameter in call.parameters]
    if isinstance(cls, type) and issubclass(cls, nn.RNNBase):  # whose own signature is *args
        names = list(inspect.signature(nn.RNNBase).parameters)[1:]
    given = dict(zip(names, call.args, strict=False)) | call.kwargs
    for name, count in given.items():
        is_count = name.startswith("num_") and name.endswith("layers")
        if is_count and isinstance(count, int) and count > MOST_IN_ONE:
            found = f"{call.name} with {name}={count:,}"
            problems.add(call.key, found, f"at most {MOST_IN_ONE:,} layers are built in one")
            return True
    return False


def build_class(
    problems: Problems, spec: ModelClass, folder: Path, dtype: torch.dtype
) -> nn.Module | None:
    """Return an instance of the user's `nn.Module`, which is imported from beside the config."""
    cls = import_class(problems, "model.class", spec.cls, folder, nn.Module)
    if cls is None:
        return None
    call = ConfigCall("model", spec.cls, cls, spec.args, spec.kwargs, kwargs_key="model.kwargs")
    if not fits(problems, call):
        return None
    with first_on_path(folder):
        model = make(problems, call)
    if model is None:
        return None
    tensors = itertools.chain(model.parameters(), model.buffers())
    if any(nn.parameter.is_lazy(tensor) for tensor in tensors):
        problems.add("model", f"{spec.cls} has lazy layers", "write their sizes")
        return None
    return model.to(dtype)
