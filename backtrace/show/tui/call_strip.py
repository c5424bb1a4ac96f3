"""The update's calls on a line, the one at which one is marked, and the user's line below it."""

from __future__ import annotations

from rich.text import Text

from backtrace.language import localized, translated
from backtrace.show.content.cells import literal, number
from backtrace.show.source_line import read_line
from backtrace.show.tui.painted import Painted

_ARROW = " → "


class Heading(Painted):
    """Which trace, which update of how many, whose, and its loss."""

    DEFAULT_CSS = "Heading { height: 1; }"

    def render(self) -> Text:
        """Return the line."""
        walker = self.walker
        title, step = walker.update, walker.step
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(literal(walker.trace.header.target or walker.trace.path.name), "bold")
        last = walker.outline[-1].number if walker.outline else 0
        if title is None:
            text.append(f" · {localized('after the last step')}", self.paint("changed"))
        else:
            text.append(f" · {localized(f'update {title.number}')}", "bold")
            several = len(walker.optimizers) > 1
            text.append(
                f" · {literal(walker.called(title.optimizer))}"
                if several
                else translated(" of {last}").format(last=last),
                self.paint("dim"),
            )
            if title.loss is not None:
                text.append(f" · {localized(f'loss {number(title.loss, 7)}')}")
        if step is not None:
            rates = ", ".join(list(dict.fromkeys(number(lr) for lr in step.lr))[:2])
            text.append(literal(f" · {step.type}, lr {rates}"), self.paint("dim"))
        if not walker.trace.is_finished:
            text.append(f" · {translated('interrupted')}", self.paint("bad"))
        return text


class CallStrip(Painted):
    """The calls from step to step; ← and → move along them."""

    DEFAULT_CSS = "CallStrip { height: 3; }"

    def render(self) -> Text:
        """Return three lines: the calls, what this one was, and where it stands."""
        width = max(self.size.width, 20)
        call = self.walker.call
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append_text(self._strip(width))
        text.append("\n")
        text.append(f"{self.walker.at + 1}/{len(self.walker.calls)} ", self.paint("dim"))
        text.append(call.name, "bold")
        text.append(f"  {call.detail}" if call.detail else "")
        text.append("\n")
        if call.event.where:
            line = read_line(self.walker.trace, call.event.where)
            text.append(literal(call.event.where), self.paint("dim"))
            text.append(f"  {literal(line)}" if line else "", self.paint("good"))
        return text

    def _strip(self, width: int) -> Text:
        """Return the calls around this one, as many as there is room for."""
        names = [call.name for call in self.walker.calls]
        low = high = self.walker.at
        used = len(names[low]) + 2

        def fits(name: str) -> bool:
            return used + len(name) + len(_ARROW) <= width - 4

        while True:
            grown = False
            if high + 1 < len(names) and fits(names[high + 1]):
                high += 1
                used += len(names[high]) + len(_ARROW)
                grown = True
            if low > 0 and fits(names[low - 1]):
                low -= 1
                used += len(names[low]) + len(_ARROW)
                grown = True
            if not grown:
                break
        text = Text("… " if low else "", self.paint("dim"))
        for at in range(low, high + 1):
            if at > low:
                text.append(_ARROW, self.paint("dim"))
            if at == self.walker.at:
                text.append(f"[{names[at]}]", self.paint("here"))
            else:
                text.append(names[at], self.paint("dim") if at > self.walker.at else "")
        text.append(" …" if high + 1 < len(names) else "", self.paint("dim"))
        return text
