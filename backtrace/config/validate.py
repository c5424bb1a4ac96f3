"""A spelled-out config is held against the schema; every flaw is told at once, in plain words."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backtrace.config.expected_text import EXAMPLES, expectation, keys_at
from backtrace.config.schema import SOURCES, Config
from backtrace.config.shorthand import expand
from backtrace.config.tree import Flaw
from backtrace.config.words import describe, nearest, suggest, visible

MAX_ERRORS = 200  # sixty thousand strange keys are no better explained than two hundred


def validate(config: dict[str, object]) -> tuple[Config | None, list[Flaw]]:
    """Spell out and validate; return the config, or None and why not."""
    full, flaws = expand(config)
    flaws += _repeated_names(full)
    try:
        valid = Config.model_validate(full)
    except ValidationError as error:
        told = [_spoiled(flaw.path, full) for flaw in flaws]
        flaws += [
            flaw
            for flaw in _translate(error.errors(include_url=False)[:MAX_ERRORS], full)
            if not any(flaw.path[: len(path)] == path for path in told)
        ]
        return None, flaws
    return (None if flaws else valid), flaws


def _spoiled(path: tuple[str, ...], config: dict[str, object]) -> tuple[str, ...]:
    """Return what a flaw left unspelled: what the schema says about that is no news."""
    loss = config.get("loss")
    if path[0] == "loss" and isinstance(loss, dict):
        return path[: 1 if "type" in loss else 2]
    return path[: {"model": 2, "init": 2, "optimizer": 3}.get(path[0], len(path))]


# The section of what other programs take at the top.
_HOMES = {
    "lr": "optimizer",
    "weight_decay": "optimizer",
    "momentum": "optimizer",
    "batch_size": "data",
    "shuffle": "data",
}


def _translate(errors: list[ErrorDetails], config: dict[str, object]) -> list[Flaw]:
    """Join what several branches say about one value, and drop what a near miss explains."""
    by_path: dict[tuple[str, ...], list[ErrorDetails]] = {}
    for error in errors:
        by_path.setdefault(_path(error), []).append(error)
    unknown = [path for path, found in by_path.items() if found[0]["type"] == "extra_forbidden"]
    flaws = []
    for path, found in by_path.items():
        beside = (each[-1] for each in unknown if each[:-1] == path[:-1])
        if found[0]["type"] == "missing" and any(nearest(name, path[-1:]) for name in beside):
            continue
        flaws.append(_flaw(path, found, config))
    return flaws


def _path(error: ErrorDetails) -> tuple[str, ...]:
    """Return the keys of an error, without the names of pydantic's branches."""
    path = [str(part) for part in error["loc"] if not str(part).startswith(("‹", "[key]"))]
    if path[:1] == ["data"] and len(path) > 1 and path[1] in SOURCES:
        del path[1]
    # `output` is a number or a text: each branch has added its own name.
    if error["type"] in ("int_type", "string_type") and path[-1] in ("int", "str"):
        del path[-1]
    if error["type"] == "numbers":
        path += [str(index) for index in error["ctx"]["at"]]
    return tuple(path)


def _flaw(path: tuple[str, ...], errors: list[ErrorDetails], config: dict[str, object]) -> Flaw:
    first = errors[0]
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        known = keys_at(path[:-1], config)
        hint = suggest(path[-1], known, "Keys here")
        if len(path) == 1 and (home := _home_of(path[0])):
            hint = f"did you mean `{home}.{path[0]}`? {hint}"
        return Flaw(path, f"`{visible(path[-1])}` is not a key here", hint)
    if kind == "missing":
        return Flaw(path, "missing", EXAMPLES.get(path[-1], "it is needed here"))
    if kind == "numbers":
        return Flaw(path, context["found"], context["hint"])
    if kind.startswith("union_tag_"):
        given = first["input"]
        source = given.get("source") if isinstance(given, dict) else given
        found = "missing" if kind == "union_tag_not_found" else describe(source)
        return Flaw((*path, "source"), found, suggest(str(source), SOURCES, "one of"))
    if kind == "value_error":
        return Flaw(path, str(context["error"]))
    return Flaw(path, describe(first["input"]), _expected(errors, path))


def _home_of(name: str) -> str:
    """Return the section in which a key stands that was put beside the sections, '' if none."""
    return "loop" if name in keys_at(("loop",), {}) else _HOMES.get(name, "")


def _expected(errors: list[ErrorDetails], path: tuple[str, ...]) -> str:
    hints = list(dict.fromkeys(expectation(error, path) for error in errors))
    return " or ".join([hint.removesuffix(" belongs here") for hint in hints[:-1]] + hints[-1:])


def _repeated_names(config: dict[str, object]) -> list[Flaw]:
    """A layer's name stands for it in parameter names: it can be given once."""
    layers = config.get("model")
    seen: dict[str, int] = {}
    flaws = []
    for at, layer in enumerate(layers if isinstance(layers, list) else []):
        name = layer.get("name") if isinstance(layer, dict) else None
        if isinstance(name, str) and seen.setdefault(name, at) != at:
            hint = f"layer {seen[name]} has it already"
            flaws.append(Flaw(("model", str(at), "name"), f"the name `{visible(name)}`", hint))
    return flaws
