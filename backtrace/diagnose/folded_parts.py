"""What is found of several parts of one model in one update, told once, of that model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backtrace.diagnose.called_parts import Models, holder_of
from backtrace.diagnose.rule import Finding


def fold_parts(models: Models, found: Iterable[tuple[str, Finding]]) -> Iterator[Finding]:
    """Give what was found of several parts of one model in one update as found of that one."""
    groups: dict[tuple[str, int], list[tuple[str, Finding]]] = {}
    for name, finding in found:
        groups.setdefault((holder_of(models, name), finding.update), []).append((name, finding))
    for (holder, _), group in groups.items():
        name, first = group[0]
        if len(group) == 1:
            yield first
            continue
        counts = [each.evidence for _, each in group]
        modules = {key for key in first.evidence if key.startswith("modules")}
        yield replace(
            first,
            message=first.message.replace(name, holder),
            fix=first.fix.replace(name, holder),
            evidence=dict(first.evidence)
            | {key: sum(int(each[key]) for each in counts) for key in modules},
        )
