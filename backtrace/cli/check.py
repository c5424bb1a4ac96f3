"""`backtrace check`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from backtrace.cli import completions, flags


def check(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Configs, their names, folders of them, or scripts.",
            autocompletion=completions.targets,
        ),
    ] = None,
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
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Findings of these rules only, as BT1,BT501.",
            autocompletion=completions.rules,
        ),
    ] = None,
    fail_on: Annotated[
        Literal["error", "warning", "never"],
        typer.Option("--fail-on", help="From which findings on a target fails."),
    ] = "warning",
    changed: Annotated[
        bool, typer.Option("--changed", help="Only targets that git says differ.")
    ] = False,
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

    [dim]backtrace check configs/[/]                      every config and script in a folder
    [dim]backtrace check train.py "train.py --amp"[/]     scripts, with arguments in quotes
    """
    from backtrace.check.project import read_project
    from backtrace.check.reports import Reports
    from backtrace.check.run import CheckOptions, check_targets
    from backtrace.errors import UsageError

    given = {**ctx.params, **_unsaid(ctx, read_project(Path.cwd()).values)}
    if not given["targets"]:
        raise UsageError("no target: name configs or scripts, or paths in [tool.backtrace]")
    if given["fail_on"] not in ("error", "warning", "never"):
        raise UsageError(f"fail-on is {given['fail_on']!r}: write error, warning or never")
    if prove and given["nproc"]:
        raise UsageError("--prove runs on one process: leave out --nproc")
    options = CheckOptions(
        limit=given["limit"], ignore=flags.read_ignore(given["ignore"]),
        select=flags.read_ignore(given["select"]), fail_on=given["fail_on"], only_changed=changed,
        allow_synthetic=given["allow_synthetic"], parallel=given["jobs"],
        timeout=given["timeout"], budget=given["budget"], ranks=given["nproc"] or 1, proves=prove,
    )  # fmt: skip
    place = given["baseline"]
    reports = Reports(junit, sarif, None if place is None else Path(place), write_baseline)
    raise typer.Exit(check_targets(given["targets"], options, reports))


def _unsaid(ctx: typer.Context, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of options that the command line does not give."""
    sources = {name: ctx.get_parameter_source(name) for name in settings}
    given = {k for k, v in sources.items() if v is not None and v.name != "DEFAULT"}
    return {name: value for name, value in settings.items() if name not in given}
