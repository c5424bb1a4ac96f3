"""Which updates are shown: `1-3,10`, or the first few and the last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backtrace.errors import UsageError

FIRST = 3


@dataclass(frozen=True)
class Selection:
    """Ranges of update numbers, both ends included; `has_last` adds the last one, whichever."""

    ranges: tuple[tuple[int, int], ...]
    has_last: bool = False

    def __contains__(self, index: int) -> bool:
        return any(low <= index <= high for low, high in self.ranges)


EVERY = Selection(((1, 2**62),))
FEW = Selection(((1, FIRST),), has_last=True)


def parse_selection(text: str) -> Selection:
    """Read `1-3,10`, `5-`, `last`, `all`, or several with commas between.

    Raises:
        UsageError: the text is none of these.
    """
    ranges: list[tuple[int, int]] = []
    has_last = False
    for part in text.replace(" ", "").split(","):
        found = re.fullmatch(r"(\d+)(-(\d*))?", part)
        if part == "all":
            ranges += EVERY.ranges
        elif part == "last":
            has_last = True
        elif found is None or int(found[1]) < 1:
            raise UsageError(f"--updates {text}: write numbers from 1 up, such as 1-3,10 or last")
        else:
            low = int(found[1])
            high = low if found[2] is None else int(found[3] or 2**62)
            if high < low:
                raise UsageError(f"--updates {text}: {part} ends before it begins")
            ranges.append((low, high))
    return Selection(tuple(ranges), has_last)
