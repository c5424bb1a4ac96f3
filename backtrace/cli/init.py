"""`backtrace init`."""

from pathlib import Path
from typing import Annotated

import typer


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="The config to write.")] = Path(
        "training.yaml"
    ),
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="SCRIPT", help="Take from a script what can be seen there."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a config to begin with: commented, and it runs as it is.

    [dim]backtrace init[/]                   training.yaml, with a small net
    [dim]backtrace init --from train.py[/]   with the layers, loss and optimizer that stand there
    """
    from backtrace.config.starter import make_starter
    from backtrace.errors import UsageError
    from backtrace.language import localized
    from backtrace.printable import literal, shell_word

    if file.exists() and not force:
        raise UsageError(f"{file}: it is there already; --force overwrites it")
    try:
        text = "" if source is None else _read(source)
        made = make_starter(text, "" if source is None else source.name)
        file.write_text(made.replace("FILE", shell_word(str(file))), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}") from None
    except SyntaxError as error:
        raise UsageError(f"{source}:{error.lineno}: it is not Python: {error.msg}") from None
    typer.echo(localized(f"wrote {literal(str(file))}"))
    typer.echo(localized(f"next: backtrace run {shell_word(str(file))}"))


def _read(source: Path) -> str:
    from backtrace.config.words import nearest
    from backtrace.errors import UsageError

    try:
        return source.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{source}: cannot be read: it is not UTF-8") from None
    except FileNotFoundError:
        near = nearest(source.name, [each.name for each in source.parent.glob("*.py")])
        hint = f"\n    did you mean `{source.with_name(near)}`?" if near else ""
        raise UsageError(f"{source}: there is no such file{hint}") from None
    except OSError as error:
        raise UsageError(f"{source}: cannot be read: {error.strerror or error}") from None
