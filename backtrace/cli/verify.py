"""`backtrace verify`."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from backtrace.cli import completions, flags
from backtrace.cli.language_option import adopt_config_language
from backtrace.errors import EXIT_FOUND, EXIT_OK, UsageError

if TYPE_CHECKING:
    from backtrace.explain.verify.verification_facts import Verification


def verify(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="A config, its name, or a script with its arguments after it.",
            autocompletion=completions.targets,
        ),
    ],
    module: flags.Module = False,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Only parameters whose names match; also `input`."),
    ] = None,
    update: Annotated[
        int | None,
        typer.Option("--update", min=1, metavar="N", help="Of a script: with update N's values."),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, metavar="N", help="Finite differences of up to N entries each.")
    ] = 16,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="What to write.")
    ] = "table",
    seed: flags.Seed = None,
    set_: flags.Set = None,
    synthetic: flags.Synthetic = False,
) -> None:
    """Derive the gradients of the first batch by hand, and hold them against autograd.

    Finite differences are the third computation. Of a script an update is looked at while it runs:
    by hand and by autograd, written to stderr. The exit code is 1 where two disagree.

    [dim]backtrace verify broadcast_mlp[/]                  all parameters and the input
    [dim]backtrace verify lenet --param 'conv*'[/]          some of them
    [dim]backtrace verify cifar10 --synthetic[/]            without the data set
    [dim]backtrace verify --update 3 train.py --lr 0.1[/]   a script, with its own arguments
    """
    from backtrace.driver.script import is_script

    globs = tuple(param or ())
    if module or is_script(target):
        from backtrace.start_up import ProgramEnded

        raise ProgramEnded(_verify_script(ctx, globs, update or 1, format_))
    if update is not None:
        raise UsageError(f"--update: {target} is a config, of which the first batch is verified")
    from backtrace.config.load import load_config

    overrides = flags.to_overrides(seed=seed, synthetic=synthetic)
    loaded = load_config(target, [*overrides, *flags.read_sets(set_)])
    adopt_config_language(loaded.config.language)

    from backtrace.explain.verify.compare_gradients import verify as compare_gradients
    from backtrace.train.training import build_training  # torch comes in here

    training = build_training(loaded.config, loaded.folder, loaded.locate)
    found = compare_gradients(training, target=loaded.path.stem, params=globs, samples=samples)
    _write(found, format_, sys.stdout, [target])
    if not found.agrees:
        raise typer.Exit(EXIT_FOUND)


def _verify_script(ctx: typer.Context, globs: tuple[str, ...], update: int, format_: str) -> int:
    from backtrace.cli.asked_script import open_asked, script_words
    from backtrace.driver.asks import verify_script

    with open_asked(ctx) as asked:
        code, found = verify_script(asked, globs, update)
        if found is None:
            return code
        _write(found, format_, asked.errors, script_words(ctx))
    return code or (EXIT_OK if found.agrees else EXIT_FOUND)


def _write(found: "Verification", format_: str, stream: TextIO, words: list[str]) -> None:
    if format_ == "json":
        from backtrace.show.text.verification import verification_to_json

        print(verification_to_json(found), file=stream)
        return
    from rich.console import Console

    from backtrace.show.content.next_looks import after_verification
    from backtrace.show.text.findings import print_command
    from backtrace.show.text.verification import verification_table

    console = Console(highlight=False, markup=False, emoji=False, file=stream)
    console.print(verification_table(found))
    print_command(console, after_verification(words, found))
