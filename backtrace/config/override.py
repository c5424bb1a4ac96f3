"""`--set KEY=VALUE`: a value is put at its key path in the spelled-out config."""

from __future__ import annotations

from backtrace.config.places import match_key
from backtrace.config.shorthand import CALL_KEYS, LAYER_KEYS
from backtrace.config.tree import Flaw
from backtrace.config.words import counted, describe, suggest, visible

Container = dict[str, object] | list[object]


class OverrideError(ValueError):
    """The key path cannot be walked; `flaw` names the part that is not there."""

    def __init__(self, path: tuple[str, ...], found: str, hint: str = "") -> None:
        super().__init__(found)
        self.flaw = Flaw(path, found, hint)


def put(config: dict[str, object], key: str, value: object) -> tuple[str, ...]:
    """Put `value` at `key` in the spelled-out `config`, and return the path that it has there.

    Mappings that are missing on the way are made; a layer may be given by its name. Raises
    `OverrideError`.
    """
    parts = tuple(key.split("."))
    if not all(parts):
        raise OverrideError((key,), "a key path with an empty part", "such as optimizer.lr")
    here: object = config
    done: tuple[str, ...] = ()
    while True:
        if isinstance(here, list):
            name, taken = str(_index(here, parts[0], done)), 1
        elif isinstance(here, dict):
            name, taken = _key(here, parts, done)
        else:
            found = f"{describe(here)}, in which there is no `{visible(parts[0])}`"
            raise OverrideError(done, found, _inside(done))
        done, parts = (*done, name), parts[taken:]
        if not parts:
            return _assign(here, done, value)
        here = _descend(here, name, parts[0])


def _key(here: dict[str, object], parts: tuple[str, ...], done: tuple[str, ...]) -> tuple[str, int]:
    known = match_key(parts, here)
    if known:
        return known
    # An argument of a spelled-out call: `model.0.in_features` is in its kwargs.
    if "kwargs" in here and parts[0] not in (*CALL_KEYS, *LAYER_KEYS, "params", "class"):
        return "kwargs", 0
    # Names of parameters, and a variant's key paths, hold dots themselves.
    if done == ("init",) or (done[:1] == ("compare",) and len(done) == 2):
        return ".".join(parts), len(parts)
    return parts[0], 1


def _descend(here: Container, name: str, following: str) -> object:
    if isinstance(here, list):
        return here[int(name)]
    if here.get(name) is None:
        here[name] = {}
    # `args` written as a mapping have become kwargs.
    if name == "args" and isinstance(here[name], list) and not following.isdecimal():
        here.setdefault("kwargs", {})
        return here["kwargs"]
    return here[name]


def _assign(here: Container, done: tuple[str, ...], value: object) -> tuple[str, ...]:
    name = done[-1]
    if isinstance(here, list):
        here[int(name)] = value
        return done
    if name == "args" and isinstance(value, dict) and "kwargs" in here:
        here["kwargs"] = {}
    here[name] = value
    return done


def _index(here: list[object], part: str, done: tuple[str, ...]) -> int:
    if part.isdecimal() and len(part) < 10 and int(part) < len(here):
        return int(part)
    names = [item.get("name") if isinstance(item, dict) else None for item in here]
    if part in names:
        return names.index(part)
    known = [str(name) for name in names if name]
    last = f"0 to {len(here) - 1}" if here else "none"
    hint = "; ".join(filter(None, [suggest(part, known, "names"), f"positions: {last}"]))
    found = f"{counted(len(here), 'item')}, and no `{visible(part)}` among them"
    raise OverrideError(done, found, hint)


def _inside(done: tuple[str, ...]) -> str:
    return f"set `{visible('.'.join(done))}` as a whole"
