"""What may be written short is spelled out, so that every value has one place: `model.0.args`.

Spelling out twice changes nothing, so `--set` reaches inside a shorthand: the config is spelled
out, the value is put in its place, and the whole is spelled out again. What cannot be spelled out
stays as it is, with a flaw.
"""

from __future__ import annotations

from backtrace.config.calltext import CallTextError, parse_call
from backtrace.config.tree import Flaw
from backtrace.config.words import describe, visible

CALL_KEYS = ("type", "args", "kwargs")
LAYER_KEYS = ("type", "name", "args", "kwargs")
Path = tuple[str, ...]
Mapping = dict[str, object]


def expand(config: Mapping) -> tuple[Mapping, list[Flaw]]:
    """Return the config with every shorthand spelled out, and the flaws of those that are wrong."""
    flaws: list[Flaw] = []
    full = dict(config)
    for key, spell_out in _SECTIONS.items():
        if key in full:
            full[key] = spell_out(full[key], (key,), flaws)
    return full, flaws


def _model(value: object, path: Path, flaws: list[Flaw]) -> object:
    if isinstance(value, list):
        return [_layer(layer, (*path, str(at)), flaws) for at, layer in enumerate(value)]
    if isinstance(value, dict):
        return _class(value, path, flaws)
    hint = "write a list of layers (`- Linear(1, 1)`), or `class: package.module:Name`"
    flaws.append(Flaw(path, describe(value), hint))
    return value


def _class(value: Mapping, path: Path, flaws: list[Flaw]) -> Mapping:
    """`args` given as a mapping are keyword arguments."""
    if not isinstance(value.get("args"), dict):
        return value
    if value.get("kwargs"):
        hint = "give args as a mapping, or kwargs, not both"
        flaws.append(Flaw((*path, "kwargs"), "keywords in args and in kwargs", hint))
        return value
    return {**value, "args": [], "kwargs": value["args"]}


def _layer(value: object, path: Path, flaws: list[Flaw]) -> object:
    if not isinstance(value, dict) or "type" in value:
        return _call(value, path, flaws, LAYER_KEYS)
    if len(value) != 1:
        hint = "one layer is `- Linear(1, 1)`, `- fc: Linear(1, 1)` or a mapping with `type`"
        flaws.append(Flaw(path, describe(value), hint))
        return value
    ((name, inner),) = value.items()
    if isinstance(inner, dict) and "name" in inner:
        flaws.append(
            Flaw((*path, name, "name"), "a second name", f"it is `{visible(name)}` already")
        )
        return value
    before = len(flaws)
    call = _call(inner, (*path, name), flaws, LAYER_KEYS)
    if len(flaws) > before or not isinstance(call, dict):
        return value
    return {"name": name, **call}


def _call(value: object, path: Path, flaws: list[Flaw], keys: Path = CALL_KEYS) -> object:
    if isinstance(value, str):
        try:
            return parse_call(value)._asdict()
        except CallTextError as error:
            flaws.append(Flaw(path, error.found, error.hint))
            return value
    if not isinstance(value, dict):
        flaws.append(Flaw(path, describe(value), "write a call, such as `ReLU` or `Linear(1, 1)`"))
        return value
    if "type" not in value:
        flaws.append(Flaw((*path, "type"), "missing", "the name is needed: `type: Linear`"))
        return value
    return {"args": [], **_gather(_class(value, path, flaws), path, flaws, keys)}


def _gather(value: Mapping, path: Path, flaws: list[Flaw], keys: Path) -> Mapping:
    """Move the keys that are not `keys` into `kwargs`: they are arguments written flat."""
    flat = {key: item for key, item in value.items() if key not in keys}
    given = value.get("kwargs", {})
    if not isinstance(given, dict):
        return value
    twice = [key for key in flat if key in given]
    for key in twice:
        flaws.append(Flaw((*path, key), "given here and in kwargs", "keep one of the two"))
    if twice:
        return value
    kept = {key: item for key, item in value.items() if key in keys}
    return {**kept, "kwargs": {**given, **flat}}


def _loss(value: object, path: Path, flaws: list[Flaw]) -> object:
    if isinstance(value, str) or (isinstance(value, dict) and "type" in value):
        before = len(flaws)
        call = _call(value, path, flaws)
        return value if len(flaws) > before else {"loss": {"loss": call}}
    if not isinstance(value, dict):
        hint = "write `loss: MSELoss`, or names with their losses: `{mse: MSELoss, l1: L1Loss}`"
        flaws.append(Flaw(path, describe(value), hint))
        return value
    return {name: _term(term, (*path, name), flaws) for name, term in value.items()}


def _term(value: object, path: Path, flaws: list[Flaw]) -> object:
    if isinstance(value, dict) and "type" not in value:
        if "loss" not in value:
            return value
        return {**value, "loss": _call(value["loss"], (*path, "loss"), flaws)}
    before = len(flaws)
    call = _call(value, path, flaws)
    if len(flaws) == before:
        return {"loss": call}
    if path[-1] in ("weight", "output", "apply"):
        hint = f"in a term it stands beside `loss`: `mse: {{loss: MSELoss, {path[-1]}: …}}`"
        flaws[before:] = [Flaw(path, describe(value), hint)]
    return value


def _flat(value: object, path: Path, flaws: list[Flaw]) -> object:
    """An optimizer or a scheduler: its keyword arguments stand beside `type`."""
    if isinstance(value, str):
        try:
            name, args, kwargs = parse_call(value)
        except CallTextError as error:
            flaws.append(Flaw(path, error.found, error.hint))
            return value
        if args or "type" in kwargs:
            found = (
                f"the argument {args[0]!r} without its name" if args else "`type` as an argument"
            )
            flaws.append(Flaw(path, found, "write the name as well, such as lr=0.01"))
            return value
        return {"type": name, **kwargs}
    if not isinstance(value, dict):
        return value
    for key in ("args", "kwargs"):
        if key in value:
            hint = "write the arguments beside `type`, by name: `lr: 0.01`"
            flaws.append(Flaw((*path, key), f"`{key}` is not a key here", hint))
    return value


def _optimizer(value: object, path: Path, flaws: list[Flaw]) -> object:
    value = _flat(value, path, flaws)
    if not isinstance(value, dict) or not isinstance(value.get("groups"), list):
        return value
    groups = [
        _gather(group, (*path, "groups", str(at)), flaws, ("params", "kwargs"))
        if isinstance(group, dict)
        else group
        for at, group in enumerate(value["groups"])
    ]
    return {**value, "groups": groups}


def _init(value: object, path: Path, flaws: list[Flaw]) -> object:
    if not isinstance(value, dict):
        return value
    return {
        name: _call(item, (*path, name), flaws) if isinstance(item, str | dict) else item
        for name, item in value.items()
    }


def _data(value: object, path: Path, flaws: list[Flaw]) -> object:
    if not isinstance(value, dict):
        return value
    full = dict(_class(value, path, flaws))
    if full.get("source") == "random":
        full |= _shapes(full)
    like = full.get("like")
    if isinstance(like, dict):
        full["like"] = like | _shapes(like)
    return full


def _shapes(value: Mapping) -> Mapping:
    """A list where a random tensor is described is its shape."""
    sides = ("input", "target")
    return {side: {"shape": value[side]} for side in sides if isinstance(value.get(side), list)}


def _scheduler(value: object, path: Path, flaws: list[Flaw]) -> object:
    return None if value is None else _flat(value, path, flaws)


def _expect(value: object, path: Path, flaws: list[Flaw]) -> object:
    """A trace by its file alone, and a parameter by its numbers alone."""
    if not isinstance(value, dict):
        return value
    full = dict(value)
    if isinstance(full.get("trace"), str):
        full["trace"] = {"file": full["trace"]}
    if isinstance(full.get("values"), dict):
        full["values"] = {
            name: {"value": item} if isinstance(item, list | int | float) else item
            for name, item in full["values"].items()
        }
    return full


_SECTIONS = {
    "model": _model,
    "init": _init,
    "loss": _loss,
    "optimizer": _optimizer,
    "scheduler": _scheduler,
    "data": _data,
    "expect": _expect,
}
