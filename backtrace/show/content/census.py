"""Who learned, in words that every form of a diagnosis uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from backtrace.diagnose.census.cells import LEARNED
from backtrace.language import localized, translated
from backtrace.show.content.cells import literal
from backtrace.show.content.counted import counted

if TYPE_CHECKING:
    from backtrace.diagnose.census.census import Census, Inhabitant

_MOST_NAMES = 3
_MOST_CLASSES = 5


def census_parts(census: Census | None) -> list[str]:
    """Return `12 of 18 parameters learned`, `2 frozen (embedding.*)`, `4 got only zeros (attn.*)`.

    At most six parts; none where no step was seen, for then nobody could learn.
    """
    if census is None or not census.steps or not census.tensors:
        return []
    classes: dict[str, list[Inhabitant]] = {}
    for each in census.tensors:
        classes.setdefault(each.cell.name, []).append(each)
    learned = len(classes.pop(LEARNED, ()))
    total = len(census.tensors)
    word = "parameter" if all(each.kind == "parameter" for each in census.tensors) else "tensor"
    if learned == total:
        all_learned = f"All {counted(total, word)} learned"
        return [localized(all_learned if total > 1 else f"The one {translated(word)} learned")]
    parts = [localized(f"{learned} of {counted(total, word)} learned")]
    parts += [
        translated("{count} {what} ({names})").format(
            count=len(who), what=translated(name), names=folded(who)
        )
        for name, who in classes.items()
    ]
    if len(parts) > _MOST_CLASSES + 1:
        rest = parts[_MOST_CLASSES:]
        parts = [*parts[:_MOST_CLASSES], localized(f"{len(rest)} more kinds (--census shows them)")]
    return parts


def folded(tensors: Iterable[Inhabitant]) -> str:
    """Return a few names, those of one module as `attn.*`: `attn.*, score.weight and 3 more`."""
    modules: dict[str, list[str]] = {}
    for each in tensors:
        modules.setdefault(each.name.rpartition(".")[0], []).append(each.name)
    names: list[str] = []
    for module, own in modules.items():
        names += [f"{module}.*"] if module and len(own) > 1 else own
    return _few(names)


def census_rows(census: Census) -> list[tuple[str, ...]]:
    """Return a row for each tensor: name, class, optimizer, and what was counted of it."""
    return [
        (
            literal(each.name),
            translated(each.cell.name),
            literal(each.optimizer),
            *(
                str(count)
                for count in (
                    each.tally.filled + each.tally.nonfinite,
                    each.tally.zeros + each.tally.tiny,
                    each.tally.steps,
                    each.tally.moved + each.tally.drifted,
                    each.tally.edits,
                )
            ),
        )
        for each in census.tensors
    ]


CENSUS_HEAD = (
    "tensor", "", "optimizer", "gradients", "zeros", "steps", "moved", "edits",
)  # fmt: skip


def _few(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMES
    shown = ", ".join(map(literal, names[:_MOST_NAMES]))
    return localized(f"{shown} and {rest} more") if rest > 0 else shown
