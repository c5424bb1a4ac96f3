"""`backtrace compare`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from backtrace.cli import completions, experiments, flags
from backtrace.cli.steered_command import refuse_for_scripts
from backtrace.errors import EXIT_FOUND, UsageError

if TYPE_CHECKING:
    from backtrace.compare.measure import Tolerance
    from backtrace.compare.script_plan import ScriptVariant
    from backtrace.compare.script_trials import ScriptTrialOptions
    from backtrace.config.load import LoadedConfig
    from backtrace.show.chosen import Chosen
    from backtrace.show.options import Options

_CONFIG_ONLY = ("set_", "epochs", "device", "dtype", "synthetic")


def compare(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]... [-- ARGS]",
            help="A config or a script to vary, or several to compare.",
            autocompletion=completions.targets,
        ),
    ] = None,
    module: Annotated[
        bool, typer.Option("-m", help="TARGET is a module, as after `python -m`.")
    ] = False,
    no_zero_grad: flags.NoZeroGrad = False,
    zero_grad: experiments.ZeroGrad = False,
    accumulate: flags.Accumulate = None,
    lr: experiments.Lr = None,
    clip_norm: experiments.ClipNorm = None,
    average: experiments.Average = False,
    optimizer: experiments.OptimizerClass = None,
    freeze: experiments.Freeze = None,
    train_mode: experiments.TrainMode = False,
    with_: experiments.With = None,
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
    nproc: Annotated[
        list[int] | None,
        typer.Option(min=1, metavar="N", help="On N ranks, as torchrun does: 1 and 2, to compare."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, metavar="N", help="Scripts at a time.")
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="SECONDS", help="How long a script may take."),
    ] = None,
    cwd_copy: experiments.CwdCopy = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Of two traces: try what could make one the other."),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FOLDER", help="Keep the scripts' traces there.")
    ] = None,
) -> None:
    """Train twice or more from the same seed and data, with one thing changed.

    [dim]backtrace compare --no-zero-grad[/]                  the bundled `linear`
    [dim]backtrace compare my.yaml --set optimizer.lr=0.1[/]  one change
    [dim]backtrace compare my.yaml --set optimizer.type=SGD --set optimizer.type=Adam[/]
                                                    each repeated key is a variant
    [dim]backtrace compare a.yaml b.yaml[/]                   two configs
    [dim]backtrace compare train.py --lr 0.1x --lr 10x -- --epochs 3[/]
                                                    a script, with its arguments
    [dim]backtrace compare old.py "new.py --fast"[/]          two scripts
    [dim]backtrace compare train.py --nproc 1 --nproc 2[/]    one process and two ranks
    [dim]backtrace compare a.trace b.trace --explain[/]       what makes one run the other
    """
    from backtrace.compare.measure import read_tolerance
    from backtrace.compare.plan import WITH, plan_variants
    from backtrace.compare.rank_plan import plan_ranks
    from backtrace.compare.script_plan import are_scripts
    from backtrace.compare.script_trials import ScriptTrialOptions
    from backtrace.compare.trace_pair import are_traces
    from backtrace.show.chosen import Chosen
    from backtrace.show.options import Options
    from backtrace.show.selection import FEW, parse_selection

    options = Options(
        selection=parse_selection(updates) if updates is not None else FEW,
        params=tuple(param or ()),
        limit=None if all_ or param else 6,
    )
    tolerance = read_tolerance(rtol, atol)
    steered = experiments.list_experiments(**experiments.chosen(ctx.params))
    if explain or are_traces(targets or ()):
        how = ScriptTrialOptions(limit, jobs, timeout)
        raise typer.Exit(_compare_traces(ctx, targets or [], tolerance, how, explain, format_))
    if module or are_scripts(targets or ()):
        refuse_for_scripts(ctx, (targets or ["TARGET"])[0], _CONFIG_ONLY)
        steered += experiments.list_experiments(no_zero_grad=no_zero_grad, accumulate=accumulate)
        common = [] if seed is None else [("seed", str(seed))]
        how = ScriptTrialOptions(limit, jobs, timeout, output, seed, cwd_copy)
        said = (steered, common, ctx.args)
        variants = plan_ranks(targets or [], nproc or (), *said, is_module=module)
        typed = ["-m"] * module + shlex.split((targets or [""])[0]) + ctx.args
        raise typer.Exit(_compare_scripts(variants, tolerance, how, options, format_, typed))
    flags.refuse_ranks(nproc[0] if nproc else None, (targets or ["linear"])[0])
    common = flags.to_overrides(
        epochs=epochs, seed=seed, device=device, dtype=dtype, synthetic=synthetic
    )
    changes = flags.to_overrides(zero_grad=not no_zero_grad, accumulate=accumulate)
    changes += flags.read_sets(set_) + [(f"{WITH}{key}", value) for key, value in steered]
    if output is not None:
        raise UsageError("-o keeps scripts' traces: record a config with `backtrace run … -o FILE`")
    named = plan_variants([*(targets or ["linear"]), *ctx.args], common, changes, limit)
    chosen = Chosen(options.params, options.selection if updates else None, updates or "")
    _compare_configs(named, tolerance, options, chosen, format_, (targets or ["linear"])[:1])


def _compare_configs(
    named: "list[tuple[str, LoadedConfig]]",
    tolerance: "Tolerance | None",
    options: "Options",
    chosen: "Chosen",
    format_: str,
    words: list[str],
) -> None:
    """Compare configs, and show it."""
    from backtrace.compare.print_trials import print_trials, write_trials
    from backtrace.compare.trials import run_trials

    trials = run_trials(named, tolerance, accept=chosen.accept)
    if format_ == "json":
        write_trials(trials)
    else:
        print_trials(trials, options, words)


def _compare_scripts(
    variants: "list[ScriptVariant]",
    tolerance: "Tolerance | None",
    how: "ScriptTrialOptions",
    options: "Options",
    format_: str,
    words: list[str],
) -> int:
    """Compare scripts, show it, and return the exit code: 1 where one failed.

    On ranks it is 1 where one parts from the first, too.
    """
    from backtrace.compare.folder_copy import check_folder
    from backtrace.compare.print_trials import print_trials, write_trials
    from backtrace.compare.rank_trials import rank_trials
    from backtrace.compare.script_trials import script_trials

    if how.in_copies:
        check_folder()
    is_ranked = variants[0].nproc is not None
    if is_ranked and tolerance is not None:
        raise UsageError("--rtol, --atol: with --nproc, rounding noise is the measure")
    making = rank_trials(variants, how) if is_ranked else script_trials(variants, tolerance, how)
    with making as trials:
        if format_ == "json":
            write_trials(trials)
        else:
            print_trials(trials, options, [] if is_ranked else words)
        has_parted = is_ranked and not all(each.is_equal for each in trials.comparisons)
        return EXIT_FOUND if trials.failed or has_parted else 0


def _compare_traces(
    ctx: typer.Context,
    targets: list[str],
    tolerance: "Tolerance | None",
    how: "ScriptTrialOptions",
    explain: bool,
    format_: str,
) -> int:
    """Compare two traces as `diff` does, or look for what makes one the other."""
    from backtrace.cli.recorded_command import read_recorded_command
    from backtrace.compare.find_cause import CauseFinder
    from backtrace.compare.print_cause import print_cause, write_cause
    from backtrace.compare.trace_pair import are_traces, compare_traces
    from backtrace.tracefile import open_trace

    if ctx.params["nproc"]:
        raise UsageError("--nproc: traces are not run again; see `backtrace diff --ranks`")
    if not explain and len(targets) != 2:
        raise UsageError(
            "a trace is compared with another one: backtrace compare a.trace b.trace; "
            "`backtrace what-if` runs a recorded run another way"
        )
    if len(targets) != 2 or not are_traces(targets):
        raise UsageError("--explain needs two traces: backtrace compare a.trace b.trace --explain")
    paths = cast("tuple[Path, Path]", tuple(map(Path, targets)))
    if not explain:
        is_equal = compare_traces(paths, tolerance, 0, as_json=format_ == "json")
        return 0 if is_equal else EXIT_FOUND
    assert ctx.parent is not None
    command = ctx.parent.command.get_command(ctx.parent, "run")  # type: ignore[attr-defined]
    with open_trace(paths[0]) as base, open_trace(paths[1]) as other:
        request = read_recorded_command(base, command)
        cause = CauseFinder(
            (base, other), request, parallel=how.parallel, timeout=how.timeout
        ).find()
        if format_ == "json":
            write_cause(cause)
        else:
            print_cause(cause)
        return 0 if cause.found is not None else EXIT_FOUND
