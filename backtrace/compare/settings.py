"""What else differs between two runs: settings, versions, machine, data, optimizers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from backtrace.compare.runs import ComparedRun
from backtrace.compare.setting_text import shorten_pair, term_text, value_text
from backtrace.ledger.trace import Header
from backtrace.show.content.cells import literal

_ALWAYS_DIFFERENT = {"started", "command", "target", "config", "config_file", "script"}
_OF_A_LOSS = (  # keys of a config that say what a loss is a loss of
    "loss", "data", "loop.accumulate", "loop.average", "loop.seed",
)  # fmt: skip
_SEEN_OF_A_LOSS = {"batch size", "backwards per update", "first input", "first target"}
_NO_SETTINGS = {"compare", "diagnose", "expect"}  # sections that do not change the training
_SHORT = 24
_PREFIX = "settings."
_ABSENT = "–"


@dataclass(frozen=True, slots=True)
class OtherSetting:
    """One thing that is said of both runs, and not the same; '–' where one does not say."""

    name: str
    base: str
    other: str

    def describe(self) -> str:
        """Return `loop.seed 0 against 1`; the name alone where a value is long."""
        is_short = max(len(self.base), len(self.other)) <= _SHORT
        one, two = (text.replace(_ABSENT, "not set") for text in (self.base, self.other))
        return literal(f"{self.key} {one} against {two}" if is_short else self.key)

    @property
    def key(self) -> str:
        """The name as a config has it."""
        return self.name.removeprefix(_PREFIX)

    @property
    def is_of_the_loss(self) -> bool:
        """Whether losses under these two do not mean the same."""
        key = self.key
        if key == "data.requires_grad":
            return False
        is_set = any(key == each or key.startswith(f"{each}.") for each in _OF_A_LOSS)
        return is_set or key in _SEEN_OF_A_LOSS


def find_other_settings(base: ComparedRun, other: ComparedRun) -> tuple[OtherSetting, ...]:
    """Return all in which the runs differ: by their configs where both have one.

    Of scripts, the events of the first update tell what they can.
    """
    one, two = read_settings(base.header), read_settings(other.header)
    found = [*_differing(_headers(base.header), _headers(other.header))]
    if one is None or two is None:
        found += _differing({"target": base.header.target}, {"target": other.header.target})
        found += _differing(_typed(base.header), _typed(other.header))
        first = (base.first_update, other.first_update)
        mine, theirs = ({**x.describe_losses(), **x.describe_optimizers()} for x in first)
        return (*found, *_differing(mine, theirs, both=True))
    found += _differing(
        {f"{_PREFIX}{key}": text for key, text in one.items()},
        {f"{_PREFIX}{key}": text for key, text in two.items()},
    )
    if not any(each.is_of_the_loss for each in found):
        data = (base.first_update.describe_data(), other.first_update.describe_data())
        found += _differing(*data, both=True)
    return tuple(found)


def diff_sources(base: ComparedRun, other: ComparedRun) -> tuple[str, ...]:
    """Return the lines of a unified diff of both configs as they were written, or both scripts."""
    one, two = (header.config or header.script for header in (base.header, other.header))
    if not (one and two):
        return ()
    pair = (one.splitlines(), two.splitlines())
    return tuple(difflib.unified_diff(*pair, base.name, other.name, n=1, lineterm=""))


def read_settings(header: Header) -> dict[str, str] | None:
    """Return what a run's config came to with its overrides, `section.key` to short text.

    None where the run had no config, or one that this version does not read.
    """
    if not header.config:
        return None
    from backtrace.config.load import read_config
    from backtrace.config.schema import Loop

    typed = [(k, str(v)) for k, v in header.settings.items() if k not in Loop.model_fields]
    config = read_config(header.config, typed)
    if config is None:
        return None
    found = {}
    for section, value in config.model_dump().items():
        if section in _NO_SETTINGS:
            continue
        if section == "loss":
            found[section] = " + ".join(map(term_text, value.values()))
        elif section == "model" or not isinstance(value, dict):
            found[section] = value_text(value)
        else:
            found |= {f"{section}.{key}": value_text(inner) for key, inner in value.items()}
    return {key: text for key, text in found.items() if text != "null"}


def _headers(header: Header) -> dict[str, str]:
    """Return what a header says apart from settings, nested facts by their path."""
    known = {k: v for k, v in asdict(header).items() if k not in {*_ALWAYS_DIFFERENT, "settings"}}
    return dict(_flatten("", known))


def _typed(header: Header) -> dict[str, str]:
    return dict(_flatten("settings", header.settings))


def _flatten(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flatten(f"{path}.{key}" if path else str(key), inner)
    else:
        yield path, str(value)


def _differing(
    base: Mapping[str, str], other: Mapping[str, str], *, both: bool = False
) -> Iterator[OtherSetting]:
    """Go through what differs; with `both`, through what is known of both only."""
    for name in dict.fromkeys([*base, *other]):
        one, two = base.get(name, _ABSENT), other.get(name, _ABSENT)
        if one != two and not (both and _ABSENT in (one, two)):
            yield OtherSetting(name, *shorten_pair(one, two))


def describe_settings(found: Sequence[OtherSetting]) -> str:
    """Return `loop.seed 0 against 1, loss …`: every one by name, short ones with both values."""
    return ", ".join(each.describe() for each in found)
