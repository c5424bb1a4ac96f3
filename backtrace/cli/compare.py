"""`backtrace compare`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from backtrace.cli import flags


def compare(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CONFIG]...", help="One config to vary, or several to compare."),
    ] = None,
    no_zero_grad: flags.NoZeroGrad = False,
    accumulate: flags.Accumulate = None,
    set_: flags.Set = None,
    updates: Annotated[
        str | None, typer.Option(metavar="LIST", help="Updates to show: 1-3,10, 5-, last, all.")
    ] = None,
    param: flags.Param = None,
    all_: flags.All = False,
    rtol: flags.Rtol = None,
    atol: flags.Atol = None,
    format_: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
    limit: flags.Limit = None,
    epochs: flags.Epochs = None,
    seed: flags.Seed = None,
    device: flags.Device = None,
    dtype: flags.Dtype = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Train twice or more from the same seed and data, with one thing changed.

    [dim]backtrace compare --no-zero-grad[/]                  the bundled `linear`
    [dim]backtrace compare my.yaml --set optimizer.lr=0.1[/]  one change
    [dim]backtrace compare my.yaml --set optimizer.type=SGD --set optimizer.type=Adam[/]
                                                    each repeated key is a variant
    [dim]backtrace compare a.yaml b.yaml[/]                   two configs
    """
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.plan import plan_variants
    from backtrace.show.options import Options
    from backtrace.show.selection import FEW, parse_selection

    options = Options(
        selection=parse_selection(updates) if updates is not None else FEW,
        params=tuple(param or ()),
        limit=None if all_ or param else 6,
    )
    common = flags.to_overrides(
        epochs=epochs, seed=seed, device=device, dtype=dtype, synthetic=synthetic
    )
    changes = flags.to_overrides(zero_grad=not no_zero_grad, accumulate=accumulate)
    changes += flags.read_sets(set_)
    named = plan_variants(targets or ["linear"], common, changes, limit)

    from backtrace.compare.print_trials import print_trials, write_trials
    from backtrace.compare.trials import run_trials

    trials = run_trials(named, read_tolerance(rtol, atol))
    if format_ == "json":
        write_trials(trials)
    else:
        print_trials(trials, options)
