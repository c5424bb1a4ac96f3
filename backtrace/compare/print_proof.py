"""What `prove` prints: each finding, its cure, and what the cure did."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isfinite

from rich.console import Console
from rich.text import Text

from backtrace.compare.proof import CureTrial, Proof
from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.rule import Finding
from backtrace.printable import json_text
from backtrace.show.content.cells import literal
from backtrace.show.json.document import to_json
from backtrace.steer.catalogue import typed_as

_FEW = 3
_NONE = "No experiment can show this one mended: it takes a change of the code."


def print_proof(proof: Proof) -> None:
    """Print the proof of each finding; what follows from another stands under it."""
    console = Console(highlight=False, markup=False, emoji=False)
    title = f"{literal(proof.name)} · {_count(proof.updates, 'update')}"
    console.print(Text(title, style="bold"))
    console.print(Text(_describe_noise(proof), style="dim"))
    for number, cause in enumerate(find_causes(proof.findings), 1):
        finding, trial = cause.finding, proof.cure_for(cause.finding)
        console.print()
        _print_indented(console, literal(finding.message), f"{number}. ", "bold")
        _print_indented(console, _head(finding), style="dim")
        for each in cause.explains:
            _print_indented(console, f"from it follows {_head(each)}", style="dim")
        for line in [_NONE] if trial is None else _lines(trial, proof):
            _print_indented(console, line)
    if proof.together is not None:
        console.print()
        _print_indented(console, f"Together: {' '.join(_typed(proof.together))}", "", "bold")
        for line in list(_lines(proof.together, proof))[1:]:
            _print_indented(console, line)
    if not proof.findings:
        console.print(Text("Nothing was found, so there is nothing to prove."))


def _print_indented(console: Console, text: str, first: str = "   ", style: str = "") -> None:
    """Print a text, the lines that it takes under each other."""
    lines = Text(text).wrap(console, max(20, console.width - 4))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(Text.assemble(" " * 3 if number else first, line), style=style or None)


def write_proof(proof: Proof) -> None:
    """Write the proof as one JSON document."""
    document = to_json({**asdict(proof), "are_proved": proof.are_proved})
    sys.stdout.write(json_text(document) + "\n")


def _describe_noise(proof: Proof) -> str:
    if proof.is_reproducible is None:
        return "The second run failed, so it is not known how much of a difference is noise."
    if proof.is_reproducible:
        return "Run twice, it gave the same bits: noise 0."
    return (
        f"Run twice, it does not give the same bits: in the end the losses differ by "
        f"{proof.noise or 0.0:.3g}, which is noise. --seed 0 may help."
    )


def _head(finding: Finding) -> str:
    parts = [f"{finding.severity} {finding.code} {finding.pattern}", f"update {finding.update}"]
    parts += [finding.where] if finding.where else []
    return literal(" · ".join(parts))


def _lines(trial: CureTrial, proof: Proof) -> Iterator[str]:
    """Say what a cure did, a line a sentence."""
    yield f"With {' '.join(_typed(trial))}: {literal(trial.said or 'nothing was seen of it')}."
    if trial.error:
        yield f"That run cannot be judged: {trial.error}."
        yield from (f"  | {literal(line)}" for line in trial.output.splitlines()[-5:])
        return
    if not trial.times:
        yield "✗ It took no effect, so it shows nothing."
        return
    if trial.left:
        yield f"✗ The finding is still there: {literal(trial.left[0].message)}."
    else:
        yield f"✓ {'The finding is' if len(trial.findings) == 1 else 'The findings are'} gone."
    if trial.losses is not None:
        update, before, after = trial.losses
        noise = "unknown" if proof.noise is None else f"{proof.noise:.3g}"
        less = f"the loss after {update} updates is {after:.5g} instead of {before:.5g}"
        yield f"{less[0].upper()}{less[1:]} (noise {noise}){_compares(trial)}."
    if trial.learns:
        yield f"Parameters that learn now: {_few(trial.learns)}."
    for each in trial.new:
        yield f"✗ New: {each.code} {each.pattern}: {literal(each.message)}."


def _compares(trial: CureTrial) -> str:
    """Say so where the cure makes the loss another quantity."""
    assert trial.losses is not None
    is_other = any(each.code.startswith("BT4") for each in trial.findings)
    if not all(map(isfinite, trial.losses)):
        return ""
    return "; it is another loss, so the numbers do not compare" if is_other else ""


def _typed(trial: CureTrial) -> list[str]:
    return [typed_as(text) for text in trial.experiments]


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(map(literal, names[:_FEW])) + rest


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
