"""The losses as a curve of dots, with a line through the update at which one is."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import isfinite, log10

from rich.cells import cell_len
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.show.content.cells import number
from backtrace.show.content.plot import BLANK, draw_line, find_column
from backtrace.show.tui.painted import Painted

_WIDE = 100  # times the lowest loss, from which on the scale is logarithmic


@dataclass(frozen=True, eq=False, slots=True)
class _LossSeries:
    """One optimizer's losses, where its updates are, and the ends of the scale."""

    optimizer: str
    places: list[int]
    numbers: list[int]
    losses: list[float | None]
    low: float | None
    high: float | None
    is_log: bool


class LossCurve(Painted):
    """Draws the losses of the optimizer whose update one is at."""

    DEFAULT_CSS = "LossCurve { border-top: solid $primary; }"
    _known: _LossSeries | None = None
    _drawn: tuple[_LossSeries, int, int, list[str]] | None = None

    def title(self) -> str:
        """Return what is drawn, and on which scale."""
        here = self.walker.update
        scale = f" ({translated('log')})" if self._losses().is_log else ""
        if here is None or here.loss is None:
            return f"{translated('loss')}{scale}"
        return localized(f"loss {number(here.loss, 4)} at {here.number}") + scale

    def render(self) -> Text:
        """Return the curve, its ends labelled."""
        width, height = self.content_size.width, self.content_size.height
        known = self._losses()
        if known.low is None or known.high is None or height < 3:
            return Text(localized("fewer than two losses were seen"), self.paint("none"))
        has_axis = height > 3
        height -= has_axis
        labels = [number(known.high, 4), *[""] * (height - 2), number(known.low, 4)]
        room = max(map(len, labels))
        columns = max(width - room - 1, 4)
        at = max(bisect_right(known.places, self.walker.place) - 1, 0)  # or the last one before it
        here = find_column(at, len(known.places), columns)
        text = Text(no_wrap=True)
        for label, line in zip(labels, self._lines(known, columns, height), strict=True):
            text.append(f"{label:>{room}} ", self.paint("dim"))
            text.append(line[:here], self.paint("good"))
            mark = line[here] if line[here] != BLANK else "│"
            text.append(mark, self.paint("changed"))
            text.append(line[here + 1 :] + "\n", self.paint("good"))
        if not has_axis:
            text.right_crop(1)
            return text
        text.append(" " * (room + 1))
        return text.append(self._axis(columns), self.paint("dim"))

    def _axis(self, columns: int) -> str:
        """Return the line under the curve: the first update's number, the last one's, a name."""
        own = self._losses().numbers
        first, last = str(own[0]), str(own[-1])
        rest = columns - len(first) - len(last)
        name = translated("update")
        if rest <= cell_len(name):
            return f"{first}–{last}"
        return f"{first}{name:^{rest - cell_len(name) + len(name)}}{last}"

    def _losses(self) -> _LossSeries:
        """Return what is known of this optimizer's losses; found once, for there may be many."""
        here = self.walker.here
        name = here.optimizer if here else ""
        if self._known is None or self._known.optimizer != name:
            own = [each for each in self.walker.outline if each.optimizer == name]
            losses = [each.loss for each in own]
            seen = [loss for loss in losses if loss is not None and isfinite(loss)]
            low, high = (min(seen), max(seen)) if len(seen) > 1 else (None, None)
            is_log = low is not None and high is not None and low > 0 and high > _WIDE * low
            places, numbers = [each.place for each in own], [each.number for each in own]
            self._known = _LossSeries(name, places, numbers, losses, low, high, is_log)
        return self._known

    def _lines(self, known: _LossSeries, columns: int, lines: int) -> list[str]:
        """Return the curve, drawn once for each size of the pane."""
        if self._drawn is None or self._drawn[:3] != (known, columns, lines):
            scaled = [_scale(loss, is_log=known.is_log) for loss in known.losses]
            drawn = draw_line(scaled, columns, lines)
            self._drawn = (known, columns, lines, drawn)
        return self._drawn[3]


def _scale(loss: float | None, *, is_log: bool) -> float | None:
    return log10(loss) if is_log and loss is not None and isfinite(loss) else loss
