"""`--prove`: tries the cures of what was found in each target, and prints what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from backtrace.check.child import UPDATES
from backtrace.check.outcome import Outcome
from backtrace.check.targets import Target
from backtrace.compare.print_proof import print_proof
from backtrace.compare.prove import ProveOptions, prove
from backtrace.compare.trace_child import TraceRequest
from backtrace.config.load import load_config
from backtrace.errors import ScriptError
from backtrace.language import translated
from backtrace.show.content.cells import literal


def print_proofs(
    console: Console,
    targets: Sequence[Target],
    outcomes: Sequence[Outcome],
    options: ProveOptions,
    limit: int | None,
) -> None:
    """Prove what was found in targets that ran, and print it; the exit code stays as it is."""
    by_name = {target.name: target for target in targets}
    for outcome in outcomes:
        if outcome.error or not outcome.diagnosis.alarms:
            continue
        title = f"── {literal(outcome.target)} · {translated('proof')}"
        console.print(Text(title, style="bold"), soft_wrap=True)
        target = by_name[outcome.target]
        try:
            proof = prove(
                outcome.target,
                _request(target, outcome, limit),
                _with_ignored(options, target, outcome),
            )
        except ScriptError as error:
            said = translated("it could not be run again: {error}")
            console.print(Text(f"   {said.format(error=literal(str(error)))}"))
        else:
            print_proof(proof)
        console.print()


def _request(target: Target, outcome: Outcome, limit: int | None) -> TraceRequest:
    is_config = target.kind == "config"
    is_made_up = is_config and outcome.remark.startswith("made-up data")
    return TraceRequest(
        target.path, "", target.arguments, is_config=is_config, limit=limit or UPDATES,
        overrides=(("data.synthetic", "true"),) if is_made_up else (),
    )  # fmt: skip


def _with_ignored(options: ProveOptions, target: Target, outcome: Outcome) -> ProveOptions:
    """Leave out what the config turns off, what it expects, and what is accepted."""
    known = {finding.code for finding in (*outcome.expected, *outcome.accepted)}
    known -= {finding.code for finding in outcome.diagnosis.alarms}
    own = load_config(target.path).config.diagnose.ignore if target.kind == "config" else ()
    return ProveOptions(
        (*options.ignore, *own, *known), options.notes, options.parallel, options.timeout
    )
