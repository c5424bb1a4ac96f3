"""What a model keeps of a part that was made only to be copied."""

from __future__ import annotations

from collections.abc import Container

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import TemplateCopied


def is_of_template(run: Stretch, name: str, learning: Container[str]) -> bool:
    """Whether a parameter is of such a part, and its like in a copy is among those `learning`."""
    made = {event.name for event in run.of(TemplateCopied)}
    parts = name.split(".")
    own = run.parameters[name].shape
    for at in range(len(parts) - 1):
        if parts[at] in made:
            rest = "." + ".".join(parts[at + 1 :])
            held = next((m.parameters for m in run.models.values() if name in m.parameters), ())
            likes = (each for each in held if each != name and each.endswith(rest))
            if any(each in learning and run.parameters[each].shape == own for each in likes):
                return True
    return False
