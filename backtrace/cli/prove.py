"""`backtrace prove`."""

from typing import Annotated, Literal

import typer

from backtrace.cli import completions, experiments, flags
from backtrace.cli.steered_command import refuse_for_scripts

_FEW = 100  # updates of each run where nothing else is said


def prove(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET [-- ARGS]",
            help="A config, its name, or a script.",
            autocompletion=completions.targets,
        ),
    ],
    module: Annotated[
        bool, typer.Option("-m", help="TARGET is a module, as after `python -m`.")
    ] = False,
    limit: flags.Limit = _FEW,
    seed: flags.Seed = None,
    set_: flags.Set = None,
    ignore: flags.Ignore = None,
    notes: flags.Notes = False,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, metavar="N", help="Runs at a time.")
    ] = 1,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, metavar="SECONDS", help="How long each run may take.")
    ] = None,
    cwd_copy: experiments.CwdCopy = False,
    format_: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
) -> None:
    """Find what is wrong, and try each cure on the running loop: is the finding gone?

    The code stays as it is: a cure is an experiment, as `backtrace compare` puts it on.
    Exit code 0: every cure that was tried helped, 1: one did not, 2: it could not run.

    [dim]backtrace prove train.py[/]
    [dim]backtrace prove train.py --limit 50 -- --epochs 3[/]
    """
    from backtrace.compare.folder_copy import check_folder
    from backtrace.compare.print_proof import print_proof, write_proof
    from backtrace.compare.prove import ProveOptions, prove
    from backtrace.compare.prove_target import read_target
    from backtrace.driver.script import is_script
    from backtrace.errors import EXIT_FOUND

    if module or is_script(target):
        refuse_for_scripts(ctx, target, ("set_",))
    name, request, own = read_target(
        target, ctx.args, is_module=module, limit=limit, seed=seed, overrides=flags.read_sets(set_)
    )
    if cwd_copy:
        check_folder()
    ignored = (*flags.read_ignore(ignore), *own)
    proof = prove(name, request, ProveOptions(ignored, notes, jobs, timeout, seed, cwd_copy))
    if format_ == "json":
        write_proof(proof)
    else:
        # What is set for this run alone is not known to be what `compare` is to change.
        words = () if set_ else ("-m", target) if module else (target,)
        print_proof(proof, words, ctx.args)
    if not proof.are_proved:
        raise typer.Exit(EXIT_FOUND)
