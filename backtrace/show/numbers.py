"""Which updates a trace has, in a few words: `updates 1–40`, or those of each optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backtrace.tracefile.replay import UpdateEntry

_MOST = 4  # ranges that are named
_DASH = "–"


def describe_numbers(outline: Iterable[UpdateEntry]) -> str:
    """Return the numbers of updates in words, of each optimizer where there are several."""
    found: dict[str, list[int]] = {}
    for each in outline:
        found.setdefault(each.optimizer, []).append(each.number)
    if not found:
        return "no updates: no optimizer stepped"
    if len(found) == 1:
        return _ranges(*found.values())
    return "; ".join(f"of {name}: {_ranges(numbers)}" for name, numbers in found.items())


def _ranges(numbers: Sequence[int]) -> str:
    """Return `updates 1–3, 7`; of many ranges the first and the last, as `--every` makes them."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    texts = [str(low) if low == high else f"{low}{_DASH}{high}" for low, high in ranges]
    if len(texts) > _MOST:
        texts = [*texts[: _MOST - 1], f"… {texts[-1]}"]
    return f"{'update' if len(numbers) == 1 else 'updates'} {', '.join(texts)}"
