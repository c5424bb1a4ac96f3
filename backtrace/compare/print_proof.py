"""What `prove` prints: each finding, its cure, and what the cure did."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from math import isfinite

from rich.console import Console
from rich.text import Text

from backtrace.compare.proof import CureTrial, Proof
from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.rule import Finding
from backtrace.language import localized, translated
from backtrace.printable import json_text
from backtrace.show.content.cells import literal
from backtrace.show.content.counted import counted
from backtrace.show.content.diagnosis import message_text, names_text, place_text
from backtrace.show.content.next_looks import after_proof
from backtrace.show.json.document import to_json
from backtrace.show.text.findings import print_command
from backtrace.show.text.wrapping import wrap
from backtrace.steer.catalogue import typed_as

_NONE = "No experiment can show this one mended: it takes a change of the code."


def print_proof(proof: Proof, words: Sequence[str] = (), arguments: Sequence[str] = ()) -> None:
    """Print the proof of each finding; what follows from another stands under it.

    `words` are what the target is called by in a command, for the one worth typing next, and
    `arguments` the program's.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    title = f"{literal(proof.name)} · {counted(proof.updates, 'update')}"
    console.print(Text(title, style="bold"))
    console.print(Text(_describe_noise(proof), style="dim"))
    for number, cause in enumerate(find_causes(proof.findings), 1):
        finding, trial = cause.finding, proof.cure_for(cause.finding)
        console.print()
        _print_indented(console, message_text(finding), f"{number}. ", "bold")
        _print_indented(console, _head(finding), style="dim")
        for each in cause.explains:
            follows = translated("from it follows {finding}").format(finding=_head(each))
            _print_indented(console, follows, style="dim")
        for line in [translated(_NONE)] if trial is None else _lines(trial, proof):
            _print_indented(console, line)
    if proof.together is not None:
        console.print()
        together = translated("Together: {cures}").format(cures=_typed(proof.together))
        _print_indented(console, together, "", "bold")
        for line in list(_lines(proof.together, proof))[1:]:
            _print_indented(console, line)
    if not proof.findings:
        console.print(Text(translated("Nothing was found, so there is nothing to prove.")))
    if words:
        print_command(console, _next_look(proof, words, arguments))


def _next_look(proof: Proof, words: Sequence[str], arguments: Sequence[str]) -> str:
    cures = [] if proof.together is None else [proof.together]
    helped = [each for each in (*cures, *proof.cures) if each.helped]
    cure = shlex.split(_typed(helped[0])) if helped else []
    limit = ["--limit", str(proof.updates)] if cure else []
    code = proof.findings[0].code if proof.findings else ""
    return after_proof(words, arguments, [*cure, *limit], code)


def _print_indented(console: Console, text: str, first: str = "   ", style: str = "") -> None:
    """Print a text, the lines that it takes under each other."""
    for number, line in enumerate(wrap(Text(text), console, max(20, console.width - 4))):
        console.print(Text.assemble(" " * 3 if number else first, line), style=style or None)


def write_proof(proof: Proof) -> None:
    """Write the proof as one JSON document."""
    document = to_json({**asdict(proof), "are_proved": proof.are_proved})
    sys.stdout.write(json_text(document) + "\n")


def _describe_noise(proof: Proof) -> str:
    if proof.is_reproducible is None:
        return translated(
            "The second run failed, so it is not known how much of a difference is noise."
        )
    if proof.is_reproducible:
        return translated("Run twice, it gave the same bits: noise 0.")
    return translated(
        "Run twice, it does not give the same bits: in the end the losses differ by "
        "{noise}, which is noise. --seed 0 may help."
    ).format(noise=f"{proof.noise or 0.0:.3g}")


def _head(finding: Finding) -> str:
    return place_text(replace(finding, parameters=()))


def _lines(trial: CureTrial, proof: Proof) -> Iterator[str]:
    """Say what a cure did, a line a sentence."""
    said = translated("; ").join(map(localized, trial.said.split("; ")))
    yield translated("With {cures}: {said}.").format(
        cures=_typed(trial), said=literal(said) or translated("nothing was seen of it")
    )
    if trial.error:
        yield translated("That run cannot be judged: {error}.").format(error=trial.error)
        yield from (f"  | {literal(line)}" for line in trial.output.splitlines()[-5:])
        return
    if not trial.times:
        yield translated("✗ It took no effect, so it shows nothing.")
        return
    if trial.left:
        left = message_text(trial.left[0])
        yield translated("✗ The finding is still there: {message}.").format(message=left)
    elif len(trial.findings) == 1:
        yield translated("✓ The finding is gone.")
    else:
        yield translated("✓ The findings are gone.")
    if trial.losses is not None:
        yield _losses_text(trial, trial.losses, proof.noise)
    if trial.learns:
        yield translated("Parameters that learn now: {names}.").format(
            names=names_text(trial.learns)
        )
    for each in trial.new:
        yield translated("✗ New: {name}: {message}.").format(
            name=f"{each.code} {each.pattern}", message=message_text(each)
        )


def _losses_text(trial: CureTrial, losses: tuple[int, float, float], noise: float | None) -> str:
    update, before, after = losses
    return translated(
        "The loss after {update} updates is {after} instead of {before} (noise {noise}){other}."
    ).format(
        update=update,
        after=f"{after:.5g}",
        before=f"{before:.5g}",
        noise=translated("unknown") if noise is None else f"{noise:.3g}",
        other=_compares(trial),
    )


def _compares(trial: CureTrial) -> str:
    """Say so where the cure makes the loss another quantity."""
    assert trial.losses is not None
    is_other = any(each.code.startswith("BT4") for each in trial.findings)
    if not all(map(isfinite, trial.losses)):
        return ""
    return translated("; it is another loss, so the numbers do not compare") if is_other else ""


def _typed(trial: CureTrial) -> str:
    return " ".join(typed_as(text) for text in trial.experiments)
