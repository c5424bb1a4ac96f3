"""`backtrace check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import flags


def check(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="TARGET", help="Configs, their names, folders of them, or scripts."),
    ],
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Updates of each; all, or what a config expects."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("-j", "--jobs", min=1, metavar="N", help="Processes at a time; one per core."),
    ] = None,
    budget: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long each trains, at most.")
    ] = 60.0,
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long each may take.")
    ] = 300.0,
    nproc: flags.Nproc = None,
    ignore: flags.Ignore = None,
    allow_synthetic: Annotated[
        bool, typer.Option("--allow-synthetic", help="Made-up data where a data set is missing.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write JUnit XML, a test case per target.")
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write SARIF 2.1.0, for code hosts.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Accept the findings that are in FILE.")
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Try the cure of each finding, as `prove` does.")
    ] = False,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Put all that is found into that FILE.")
    ] = False,
) -> None:
    """Run each target, a minute long at most, and fail where something is wrong: for CI.

    Exit code 0: all in order, 1: findings, or an expectation missed, 2: one could not run.

    [dim]backtrace check configs/[/]                      every config in a folder
    [dim]backtrace check train.py "train.py --amp"[/]     scripts, with arguments in quotes
    """
    from backtrace.check.reports import Reports
    from backtrace.check.run import CheckOptions, check_targets
    from backtrace.errors import UsageError

    if prove and nproc:
        raise UsageError("--prove runs on one process: leave out --nproc")
    options = CheckOptions(
        limit=limit, ignore=flags.read_ignore(ignore), allow_synthetic=allow_synthetic,
        parallel=jobs, timeout=timeout, budget=budget, ranks=nproc or 1, proves=prove,
    )  # fmt: skip
    reports = Reports(junit, sarif, baseline, write_baseline)
    raise typer.Exit(check_targets(targets, options, reports))
