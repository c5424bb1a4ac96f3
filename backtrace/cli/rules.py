"""`backtrace rules`."""

from typing import Annotated, Literal

import typer

from backtrace.cli import completions


def rules(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULE]...",
            help="Codes, beginnings of codes, or patterns.",
            autocompletion=completions.rules,
        ),
    ] = None,
    format_: Annotated[
        Literal["table", "md"], typer.Option("--format", help="What to write.")
    ] = "table",
) -> None:
    """List what is looked for in a training loop, or show the pages of some rules.

    [dim]backtrace rules[/]                  all of them
    [dim]backtrace rules BT101[/]            one rule's page: what it sees, why, what to do
    [dim]backtrace rules never-cleared[/]    the same by its name
    [dim]backtrace rules BT2[/]              the pages of all whose code begins so
    """
    from backtrace.diagnose.catalogue import load_all_rules
    from backtrace.diagnose.choose import choose_rules
    from backtrace.show.text.catalogue import print_catalogue, print_pages

    known = load_all_rules()
    if names:
        chosen = {rule.code: rule for name in names for rule in choose_rules(name, known)}
        print_pages(chosen.values(), is_markdown=format_ == "md")
    else:
        print_catalogue(known.values(), is_markdown=format_ == "md")
