"""The losses as a curve of dots, with a line through the update at which one is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10

from rich.text import Text

from backtrace.show.content.cells import number
from backtrace.show.tui.painted import Painted

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille character
_BLANK = 0x2800
_WIDE = 100  # times the lowest loss, from which on the scale is logarithmic


@dataclass(frozen=True, eq=False, slots=True)
class _Known:
    """One optimizer's losses, where its updates are, and the ends of the scale."""

    optimizer: str
    places: list[int]
    losses: list[float | None]
    low: float | None
    high: float | None
    is_log: bool


class LossCurve(Painted):
    """Draws the losses of the optimizer whose update one is at."""

    DEFAULT_CSS = "LossCurve { border-top: solid $primary; }"
    _known: _Known | None = None
    _drawn: tuple[_Known, int, int, list[str]] | None = None

    def title(self) -> str:
        """Return what is drawn, and on which scale."""
        here = self.walker.update
        scale = " (log)" if self._losses().is_log else ""
        if here is None or here.loss is None:
            return f"loss{scale}"
        return f"loss {number(here.loss, 4)} at {here.number}{scale}"

    def render(self) -> Text:
        """Return the curve, its ends labelled."""
        width, height = self.content_size.width, self.content_size.height
        known = self._losses()
        if known.low is None or known.high is None or height < 3:
            return Text("fewer than two losses were seen", self.paint("none"))
        labels = [number(known.high, 4), *[""] * (height - 2), number(known.low, 4)]
        room = max(map(len, labels))
        columns = max(width - room - 1, 4)
        here = _column(known.places, self.walker.place, columns)
        text = Text(no_wrap=True)
        for label, line in zip(labels, self._lines(known, columns, height), strict=True):
            text.append(f"{label:>{room}} ", self.paint("dim"))
            text.append(line[:here], self.paint("good"))
            mark = line[here] if line[here] != chr(_BLANK) else "│"
            text.append(mark, self.paint("changed"))
            text.append(line[here + 1 :] + "\n", self.paint("good"))
        text.right_crop(1)
        return text

    def _losses(self) -> _Known:
        """Return what is known of this optimizer's losses; found once, for there may be many."""
        here = self.walker.here
        name = here.optimizer if here else ""
        if self._known is None or self._known.optimizer != name:
            own = [each for each in self.walker.outline if each.optimizer == name]
            losses = [each.loss for each in own]
            seen = [loss for loss in losses if loss is not None and isfinite(loss)]
            low, high = (min(seen), max(seen)) if len(seen) > 1 else (None, None)
            is_log = low is not None and high is not None and low > 0 and high > _WIDE * low
            self._known = _Known(name, [each.place for each in own], losses, low, high, is_log)
        return self._known

    def _lines(self, known: _Known, columns: int, lines: int) -> list[str]:
        """Return the curve, drawn once for each size of the pane."""
        if self._drawn is None or self._drawn[:3] != (known, columns, lines):
            drawn = draw_curve(known.losses, columns, lines, is_log=known.is_log)
            self._drawn = (known, columns, lines, drawn)
        return self._drawn[3]


def draw_curve(
    losses: Sequence[float | None], columns: int, lines: int, *, is_log: bool = False
) -> list[str]:
    """Return lines of braille: in each half column, all from the lowest to the highest loss.

    No extreme is lost, however many losses there are. What is not finite leaves a gap.
    """
    grid = [[_BLANK] * columns for _ in range(lines)]
    scaled = _spread([_scale(loss, is_log=is_log) for loss in losses], 2 * columns)
    seen = [y for y in scaled if y is not None]
    low, high = min(seen, default=0.0), max(seen, default=1.0)
    span, dots = (high - low) or 1.0, 4 * lines - 1
    before: int | None = None
    for x in range(2 * columns):
        part = scaled[x * len(scaled) // (2 * columns) : (x + 1) * len(scaled) // (2 * columns)]
        found = [round((high - y) / span * dots) for y in part if y is not None]
        if not found:
            before = None
            continue
        top, bottom = min(found), max(found)
        if before is not None:  # joined with what came before
            top, bottom = min(top, before + 1), max(bottom, before - 1)
        for y in range(top, bottom + 1):
            grid[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        before = found[-1]
    return ["".join(map(chr, line)) for line in grid]


def _spread(losses: Sequence[float | None], most: int) -> Sequence[float | None]:
    """Return at least as many numbers as there is room for: between two losses, a straight line."""
    if not 1 < len(losses) < most:
        return losses
    found: list[float | None] = []
    for x in range(most):
        at, rest = divmod(x * (len(losses) - 1), most - 1)
        one, two = losses[at], losses[min(at + 1, len(losses) - 1)]
        if one is None or two is None:
            found.append(one if rest == 0 else None)
        else:
            found.append(one + (two - one) * rest / (most - 1))
    return found


def _column(places: Sequence[int], place: int, columns: int) -> int:
    """Return the column of the update at a place, or of the last one before it."""
    at = max(bisect_right(places, place) - 1, 0)
    count = len(places)
    if count >= 2 * columns:
        return min(at * columns // count, columns - 1)
    return min(round(at * (2 * columns - 1) / max(count - 1, 1)) // 2, columns - 1)


def _scale(loss: float | None, *, is_log: bool) -> float | None:
    if loss is None or not isfinite(loss):
        return None
    return log10(loss) if is_log else loss
