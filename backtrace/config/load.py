"""A config is read from a file or by a bundled name, overridden, and checked: all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from backtrace.config.config_file import find_config, read_text
from backtrace.config.override import OverrideError, put
from backtrace.config.places import Places
from backtrace.config.read import MAX_CHARACTERS, read_tree
from backtrace.config.schema import Config
from backtrace.config.shorthand import expand
from backtrace.config.tree import Flaw, UnreadableError, YamlNode
from backtrace.config.validate import validate
from backtrace.config.variants import check_variants
from backtrace.config.words import describe
from backtrace.errors import ConfigError, Problem

MAX_PROBLEMS = 40


@dataclass(frozen=True)
class LoadedConfig:
    """A valid config, and where it came from.

    `text` is the YAML as read, `overrides` the key paths and values as typed after `--set`,
    `experiments` what is changed in the running loop, as typed after `--with`.
    """

    config: Config
    text: str = field(repr=False)
    path: Path
    overrides: tuple[tuple[str, str], ...]
    places: Places = field(repr=False, compare=False)
    experiments: tuple[str, ...] = ()

    def locate(self, key: str) -> str:
        """Return `file:line:column` of a key path such as `model.0.type`.

        The nearest parent that is in the file stands in for what is not; what was overridden is
        at `--set KEY`.
        """
        return self.places.locate(key.split("."))

    @property
    def folder(self) -> Path:
        """The folder that the config's paths are relative to."""
        return self.path.parent

    def limited(self, updates: int | None) -> LoadedConfig:
        """Return this config with an end after so many updates, if it has none before."""
        planned = self.config.loop.updates
        if updates is None or (planned is not None and planned <= updates):
            return self
        loop = self.config.loop.model_copy(update={"updates": updates})
        key = "loop.updates"
        overridden = (*self.places.overridden, (("loop", "updates"), key))
        return replace(
            self,
            config=self.config.model_copy(update={"loop": loop}),
            overrides=(*self.overrides, (key, str(updates))),
            places=replace(self.places, overridden=overridden),
        )


def load_config(target: str | Path, overrides: Sequence[tuple[str, str]] = ()) -> LoadedConfig:
    """Read the config at a path, or the bundled one of that name, and check it.

    `overrides` are key paths with values as typed on a command line. They are read as YAML, put
    in place once shorthands are spelled out (so that `model.0.kwargs.bias` is there), and checked
    as the file is. Raises `ConfigError`, with every problem, for whatever is wrong.
    """
    path = find_config(target)
    text = read_text(path)
    file = str(path)
    try:
        root, flaws = read_tree(text)
    except UnreadableError as error:
        places = Places(file, YamlNode("mapping"))
        raise ConfigError([places.problem(flaw) for flaw in error.flaws]) from None
    places = Places(file, root)
    problems = [places.problem(flaw) for flaw in flaws]
    data = root.plain()
    if not isinstance(data, dict):
        flaw = Flaw((), describe(data), "a config is a mapping: model, loss, optimizer, data, …")
        raise ConfigError([*problems, places.problem(flaw)])
    data, placed, wrong = _override(data, overrides)
    places = Places(file, root, placed)
    config, flaws = validate(data)
    if config is not None:
        flaws = check_variants(expand(data)[0])
    problems += wrong + [places.problem(flaw) for flaw in flaws]
    if problems or config is None:
        raise ConfigError(_limit(problems, file))
    return LoadedConfig(config, text, path, tuple(overrides), places)


def read_config(text: str, overrides: Sequence[tuple[str, str]] = ()) -> Config | None:
    """Return the config that a run was given, from its text and what was put over it.

    None where it is not valid: a trace may keep one that another version wrote.
    """
    try:
        root, _ = read_tree(text)
    except UnreadableError:
        return None
    data = root.plain()
    if not isinstance(data, dict):
        return None
    data, _, wrong = _override(data, overrides)
    return None if wrong else validate(data)[0]


_Placed = tuple[tuple[tuple[str, ...], str], ...]


def _override(
    data: dict[str, object], overrides: Sequence[tuple[str, str]]
) -> tuple[dict[str, object], _Placed, list[Problem]]:
    """Return the data with the overrides put in, where they were put, and what went wrong."""
    placed = []
    problems: list[Problem] = []
    for key, typed in overrides:
        where = f"--set {key}"
        data, _ = expand(data)
        try:
            value = _read_value(typed)
            placed.append((put(data, key, value), key))
        except UnreadableError as error:
            problems += [Problem(key, flaw.found, flaw.hint, where) for flaw in error.flaws]
        except OverrideError as error:
            path = ".".join(error.flaw.path)
            problems.append(Problem(path, error.flaw.found, error.flaw.hint, where))
    return data, tuple(placed), problems


def _read_value(typed: str) -> object:
    """Return the value of what was typed, read as YAML; nothing typed is nothing."""
    if not typed.strip() or typed.strip() in ("~", "null"):
        return None
    root, flaws = read_tree(typed)
    if flaws:
        raise UnreadableError(flaws)
    return root.plain()


def _limit(problems: list[Problem], file: str) -> list[Problem]:
    """Sort by place, overrides last, and cut a list that nobody would read to its end."""

    def place(problem: Problem) -> tuple[int, ...]:
        if problem.where.startswith("--set"):
            return (MAX_CHARACTERS,)
        return tuple(int(number) for number in problem.where.rsplit(":", 2)[1:])

    problems = sorted(problems, key=place)
    if len(problems) <= MAX_PROBLEMS:
        return problems
    rest = Problem("", "more problems than are shown", "mend these first", f"{file}:1:1")
    return [*problems[:MAX_PROBLEMS], rest]
