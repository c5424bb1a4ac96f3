"""Which scripts `compare --nproc` sets side by side, and each on how many ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backtrace.compare.plan import Overrides, experiment_text, tell_apart
from backtrace.compare.script_plan import ScriptVariant, name_program, plan_scripts, read_program
from backtrace.errors import UsageError


def plan_ranks(
    targets: Sequence[str],
    counts: Sequence[int],
    changes: Overrides = (),
    common: Overrides = (),
    arguments: Sequence[str] = (),
    *,
    is_module: bool = False,
) -> list[ScriptVariant]:
    """Return what to compare, the baseline first: each is started by torchrun's launcher, if any.

    One script on several numbers of ranks, or with one number of them what `plan_scripts`
    returns: scripts, or one with something changed. Several scripts may have a number each.

    Raises:
        ScriptError: there is no such script.
        UsageError: there is nothing to compare, or too much.
    """
    if not counts:
        return plan_scripts(targets, changes, common, arguments, is_module=is_module)
    if len(counts) == 1 and (len(targets) > 1 or changes):
        plain = plan_scripts(targets, changes, common, arguments, is_module=is_module)
        return [replace(each, nproc=counts[0]) for each in plain]
    programs = [read_program(target, arguments, is_module=is_module) for target in targets]
    if len(counts) == 1:
        raise UsageError(
            f"nothing to compare: give another number of ranks too (--nproc 1 --nproc {counts[0]}"
            f"), something to change in {programs[0].name}, or a second script"
        )
    if len(programs) not in (1, len(counts)):
        raise UsageError(
            f"--nproc is given {len(counts)} times for {len(programs)} scripts: once for all, or "
            "once for each"
        )
    texts = tuple(experiment_text(*each) for each in (*common, *changes))
    pairs = zip(programs * len(counts) if len(programs) == 1 else programs, counts, strict=True)
    named = [(f"{name_program(each)} on {_ranks(count)}", (each, count)) for each, count in pairs]
    return [
        ScriptVariant(name, program, texts, count) for name, (program, count) in tell_apart(named)
    ]


def _ranks(count: int) -> str:
    return "1 rank" if count == 1 else f"{count} ranks"
