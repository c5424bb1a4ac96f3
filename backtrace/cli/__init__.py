"""The commands, one short file each; they hold no logic."""

import sys

import typer

from backtrace.cli.check import check
from backtrace.cli.command_group import CommandGroup
from backtrace.cli.compare import compare
from backtrace.cli.configs import configs
from backtrace.cli.diff import diff
from backtrace.cli.explain import explain
from backtrace.cli.export import export
from backtrace.cli.flag_names import with_flag_names
from backtrace.cli.graph import graph
from backtrace.cli.help import help_
from backtrace.cli.help_language import HelpfulCommand
from backtrace.cli.init import init
from backtrace.cli.language_option import with_language
from backtrace.cli.learn import learn
from backtrace.cli.merge import merge
from backtrace.cli.prove import prove
from backtrace.cli.replay import replay
from backtrace.cli.report import report
from backtrace.cli.rules import rules
from backtrace.cli.run import run
from backtrace.cli.schema import schema
from backtrace.cli.script_command import ScriptCommand
from backtrace.cli.show import show
from backtrace.cli.steer import steer
from backtrace.cli.steered_command import SteeredCommand
from backtrace.cli.verify import verify
from backtrace.cli.watch import watch
from backtrace.cli.what_if import what_if
from backtrace.cli.why import why

app = typer.Typer(
    name="backtrace",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=ScriptCommand)(with_language(with_flag_names(run)))
app.command(cls=ScriptCommand)(with_language(with_flag_names(explain)))
app.command(cls=ScriptCommand)(with_language(with_flag_names(verify)))
app.command(cls=ScriptCommand)(with_language(with_flag_names(graph)))
app.command(cls=SteeredCommand)(with_language(with_flag_names(compare)))
app.command(cls=SteeredCommand)(with_language(with_flag_names(prove)))
app.command("what-if", cls=HelpfulCommand)(with_language(what_if))
for _command in (
    show,
    watch,
    diff,
    why,
    merge,
    replay,
    check,
    report,
    export,
    rules,
    learn,
    init,
    configs,
    schema,
    steer,
):
    app.command(cls=HelpfulCommand)(with_language(_command))
app.command("help", cls=HelpfulCommand)(help_)


def _help_from_source() -> None:
    from backtrace.docstrings import docstring_of

    for info in app.registered_commands:
        if info.callback is not None and not info.help:
            info.help = docstring_of(info.callback)


if sys.flags.optimize > 1:  # which leaves out docstrings, and with them the help
    _help_from_source()


def _show_version(context: typer.Context, value: bool) -> None:
    """Print the version; `-v` is there already, as an eager option is read before the others."""
    if value:
        from backtrace.version import __version__

        typer.echo(f"backtrace {__version__}")
        if context.params["verbose"]:
            from backtrace.recording.kernels.choose import describe_kernel

            typer.echo(f"kernel {describe_kernel()}")
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, help="Print the version."
    ),
    verbose: bool = typer.Option(
        False, "-v", is_eager=True, help="With --version: also which kernel reads tensors."
    ),
) -> None:
    """See what zero_grad, backward and step do to every parameter of a PyTorch training loop."""
