"""`backtrace run`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backtrace.cli import completions, experiments, flags
from backtrace.cli.language_option import adopt_config_language
from backtrace.cli.script_command import check_script_options

if TYPE_CHECKING:
    from backtrace.driver.options import RecordOptions
    from backtrace.driver.script import Program
    from backtrace.driver.view import View
    from backtrace.show.chosen import Chosen
    from backtrace.show.content.next_command import Shown
    from backtrace.show.options import Options
    from backtrace.show.sinks.trace_file import FileOptions


class Format(str, Enum):
    """What `run` writes: to stdout, or, for a script, whose stdout that is, to stderr."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    md = "md"


def run(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="A config, its name, or a script with its arguments after it.",
            autocompletion=completions.targets,
        ),
    ],
    module: Annotated[
        bool, typer.Option("-m", help="TARGET is a module, as after `python -m`.")
    ] = False,
    updates: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Updates to show: 1-3,10, 5-, last, all."),
    ] = None,
    param: flags.Param = None,
    all_: flags.All = False,
    values: flags.Values = 8,
    by_term: Annotated[
        bool, typer.Option("--by-term", help="What each loss term adds: one more backward each.")
    ] = False,
    receipt: Annotated[
        bool,
        typer.Option(
            "--receipt", help="The arithmetic of each step: costs a copy of all it reads, and time."
        ),
    ] = False,
    activations: Annotated[
        bool, typer.Option("--activations", help="What each module returned, too, and in the file.")
    ] = False,
    graph: Annotated[
        bool, typer.Option("--graph", help="Into the file the graphs that backwards walk, too.")
    ] = False,
    look_at_all: flags.LookAtAll = False,
    format_: Annotated[
        Format, typer.Option("--format", help="What to write; for a script, to stderr.")
    ] = Format.table,
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
    limit: flags.Limit = None,
    every: flags.Every = "1",
    epochs: flags.Epochs = None,
    seed: flags.Seed = None,
    set_: flags.Set = None,
    device: flags.Device = None,
    dtype: flags.Dtype = None,
    synthetic: flags.Synthetic = False,
    output: flags.Output = None,
    json_: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Write the document of --format json, too."),
    ] = None,
    nproc: flags.Nproc = None,
    rank: Annotated[
        str, typer.Option("--rank", metavar="N|all", help="Which rank of several to show.")
    ] = "0",
    force: flags.Force = False,
    readings: flags.Keep = None,
    keep: flags.KeepParam = None,
    last: flags.Last = None,
    break_: Annotated[
        list[str] | None,
        typer.Option(
            "--break", metavar="WHEN", help="Stop in a debugger: update=12, finding, 'loss > 10' …"
        ),
    ] = None,
    capsule: flags.Capsule = None,
    ignore: flags.Ignore = None,
    notes: flags.Notes = False,
    census: flags.Census = False,
    log: flags.Log = None,
) -> None:
    """Train, and show what each call did to every parameter.

    [dim]backtrace run linear[/]                     the smallest example, by its name
    [dim]backtrace run my.yaml --updates 1-5[/]      a config of yours
    [dim]backtrace run linear --no-zero-grad[/]      see gradients pile up
    [dim]backtrace run train.py --lr 0.1[/]          a script, with its own arguments after it
    [dim]backtrace run --limit 5 -m package.train[/] a module; our options come first
    [dim]backtrace run --lr 0.1x train.py[/]         one thing changed in its loop: `steer --list`
    """
    from backtrace.driver.script import Program, is_script
    from backtrace.show.options import Options
    from backtrace.show.selection import EVERY, FEW, parse_selection

    is_program = module or is_script(target)
    default = EVERY if format_ is Format.json else FEW
    options = Options(
        selection=parse_selection(updates) if updates is not None else default,
        params=tuple(param or ()),
        values=values,
        limit=None if all_ or param else 12,
        by_term=by_term,
        ignore=flags.read_ignore(ignore),
        notes=notes,
        census=census,
        subject=_name_subject(ctx, is_program=is_program),
    )
    file = _read_file_options(ctx.params)
    record, beside = _read_record_options(ctx.params, is_program=is_program)
    beside += flags.read_log(log, target, options.params, is_program=is_program)
    if is_program:
        check_script_options(ctx, target)
        program = Program(target, tuple(ctx.args), is_module=module)
        is_brief = not (updates is not None or param or all_ or by_term or receipt or activations)
        shown = "brief" if format_ is Format.table and is_brief else format_.value
        from backtrace.start_up import ProgramEnded

        code = run_script_and_show(program, shown, options, file, record, beside, nproc, rank)
        raise ProgramEnded(code)
    flags.refuse_ranks(nproc, target)
    overrides = flags.to_overrides(
        zero_grad=not no_zero_grad, accumulate=accumulate, epochs=epochs, seed=seed,
        device=device, dtype=dtype, synthetic=synthetic,
    )  # fmt: skip
    overrides += flags.read_sets(set_)
    raise typer.Exit(
        run_config_and_show(target, overrides, format_.value, options, file, record, beside)
    )


def _read_file_options(params: Mapping[str, Any]) -> "FileOptions":
    from backtrace.show.sinks.trace_file import FileOptions

    output, readings = params["output"], params["readings"]
    is_capsules = params["capsule"] is not None and output is None and params["json_"] is None
    return FileOptions(
        output, force=params["force"] and not is_capsules, last=params["last"],
        readings=None if readings is None else readings.value,
        params=tuple(params["keep"] or ()), document=params["json_"], graph=params["graph"],
        in_document=tuple(params["param"] or ()),
    )  # fmt: skip


def _read_record_options(
    params: Mapping[str, Any], *, is_program: bool
) -> "tuple[RecordOptions, list[View]]":
    """Return what is to be recorded and changed, and what says what came of that at the end.

    A config has keys for some of it.
    """
    from backtrace.driver.options import RecordOptions
    from backtrace.show.chosen import ChosenView
    from backtrace.show.steered import steered_views

    chosen = _read_chosen(params)
    # a table says itself that no update was shown
    later = replace(chosen, updates=None) if params["format_"] is Format.table else chosen
    steered = experiments.list_experiments(**experiments.chosen(params))
    if is_program:
        own = {name: params[name] for name in ("no_zero_grad", "accumulate", "seed")}
        steered += experiments.list_experiments(**own)
    record = RecordOptions(
        max(params["values"], 16), by_term=params["by_term"], receipt=params["receipt"],
        every=flags.read_every(params["every"]), limit=params["limit"], trace=params["output"],
        experiments=experiments.to_texts(steered), capsule=flags.read_capsule(params),
        accept=chosen.accept, activations=params["activations"], graph=params["graph"],
        look_at_all=params["look_at_all"],
    )  # fmt: skip
    beside = [ChosenView(later), *steered_views(record)]
    if params["break_"]:
        from backtrace.show.breaks.stop import BreakView

        stopping = BreakView(params["break_"])
        return replace(record, follow=stopping.follow), [stopping, *beside]
    return record, beside


def _read_chosen(params: Mapping[str, Any]) -> "Chosen":
    """Return what is refused of a config, and told of a script, where it is not there."""
    from backtrace.show.chosen import Chosen
    from backtrace.show.selection import parse_selection

    text = params["updates"] or ""
    updates = parse_selection(text) if text else None
    return Chosen(params["param"] or (), updates, text, params["keep"] or ())


def _name_subject(ctx: typer.Context, *, is_program: bool) -> "Shown":
    """Return what was typed, for the next command to be told."""
    from backtrace.show.content.next_command import Shown

    told = ctx.params
    words = ("-m", told["target"]) if told["module"] else (told["target"],)
    kind: Literal["script", "config"] = "script" if is_program else "config"
    return Shown(kind, words, tuple(ctx.args), told["output"] or "", told["by_term"])


def run_config_and_show(
    target: str,
    overrides: list[tuple[str, str]],
    shown: str,
    options: "Options",
    file: "FileOptions",
    record: "RecordOptions",
    beside: "Sequence[View]",
) -> int:
    """Run a config, show it as the view of that name does, and return the exit code."""
    from backtrace.config.load import load_config
    from backtrace.show.sinks.trace_file import recording_views
    from backtrace.show.views import make_view

    loaded = load_config(target, overrides)
    adopt_config_language(loaded.config.language)
    views = [*beside, *recording_views(file), make_view(shown, options)]

    # torch comes in here: mistakes above cost no wait
    from backtrace.driver.sources.config import run_config

    ignore = (*options.ignore, *loaded.config.diagnose.ignore)
    if record.capsule is not None:
        record = replace(record, capsule=replace(record.capsule, ignore=ignore))
    return run_config(loaded, views, record, ignore=ignore).report()


def run_script_and_show(
    program: "Program",
    shown: str,
    options: "Options",
    file: "FileOptions",
    record: "RecordOptions",
    beside: "Sequence[View]",
    nproc: int | None,
    rank: str,
) -> int:
    """Run a script, show it on stderr as the view of that name does, and return its exit code.

    On `nproc` ranks, if that is given, torchrun's launcher runs it and the code is its own. Where
    the script is torchrun, it starts this command in each rank.
    """
    from backtrace.driver.launcher_call import is_torchrun, refuse_launcher
    from backtrace.driver.own_stderr import open_own_stderr
    from backtrace.driver.sources.script import run_script
    from backtrace.show.run_views import views_of_script
    from backtrace.show.spawned import Spawned

    refuse_launcher(program.target, nproc, is_module=program.is_module)
    with open_own_stderr() as errors:
        options = replace(options, stream=errors, is_shared=True)
        if nproc is not None:
            from backtrace.show.launched import run_on_ranks

            return run_on_ranks(nproc, options, file.path, force=file.force)
        if is_torchrun(program.target, is_module=program.is_module):
            from backtrace.show.launched import run_launcher

            return run_launcher(program.arguments, options, file.path, force=file.force)
        spawned = Spawned(program, shown, options, file, record, rank)

        def make_views() -> "Sequence[View]":
            return [*beside, *views_of_script(shown, options, file, rank, spawned.view)]

        try:
            return run_script(
                program, make_views, record, ignore=options.ignore, errors=errors,
                spawned=spawned.ranks, fails_open=True,
            )  # fmt: skip
        finally:
            spawned.join(errors)
