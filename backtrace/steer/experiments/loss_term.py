"""Scales one term of a loss, where the loop tells its terms with `note_loss`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backtrace import announce
from backtrace.config.words import nearest
from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor

    from backtrace.steer.controls import Controls

TERM_KEY = re.compile(r"term\.(?P<name>.+)")


class LossTermScale(Experiment):
    """Has `backward` begin at the loss with one of its terms taken so many times.

    The number that the loop prints stays its own: what is differentiated is another loss.
    """

    key = "term.NAME"
    takes = "2x of what it weighs; 0x leaves it out"
    does = "Scale a term of the loss that the loop tells with backtrace.note_loss."
    done = "that term was scaled {times}"
    never = "no loss term was told: a script tells them with backtrace.note_loss"

    def __init__(self, value: str = "", key: str = "") -> None:
        match = TERM_KEY.fullmatch(key)
        self._term = match["name"] if match else ""
        super().__init__(value, key)

    def read(self) -> None:
        """Read the factor."""
        if not self.value.endswith("x"):
            raise self.mistake("write a factor, as 2x or 0.1x")
        self._factor = self.read_number(self.value[:-1])

    def install(self, controls: Controls) -> None:
        """Listen to what is told, and change where the next backward begins."""
        import torch

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        told = _ToldLoss()

        def change(tensors: Any) -> Any:
            total, terms = told.total, told.terms
            told.total, told.terms = None, {}
            if total is None:
                return tensors
            term = terms.get(self._term)
            if term is None:
                near = nearest(self._term, list(terms))
                hint = f"did you mean {near}?" if near else f"there are {', '.join(terms)}"
                self.reason = f"no loss term is called {self._term}: {hint}"
                return tensors
            if tensors is not total:
                self.reason = "backward was called on another tensor than note_loss was told"
                return tensors
            with torch.enable_grad():
                changed = total + (self._factor - 1) * term
            controls.note(f"took {self._term} {self.value}")
            return changed

        @skip_in_warning_stacklevel
        def around(original: Any, tensors: Any, *args: Any, **kwargs: Any) -> Any:
            found = [tensors]
            controls.call(lambda: found.append(change(tensors)))
            return original(found[-1], *args, **kwargs)

        announce.listeners.append(told)
        controls.patches.on_close(lambda: announce.listeners.remove(told))
        controls.patches.wrap(torch.autograd, "backward", around)


class _ToldLoss:
    """Listens to `note_loss`: the loss before the next backward, and its terms."""

    def __init__(self) -> None:
        self.total: Tensor | None = None
        self.terms: dict[str, Any] = {}

    def watch(self, *things: Any, **named: Any) -> None:
        """Nothing of this matters here."""

    def note_loss(self, total: Any, terms: dict[str, Any]) -> None:
        """Keep them until the next backward."""
        self.total, self.terms = total, terms
