"""`backtrace schema`."""


def schema() -> None:
    """Print the JSON Schema of configs, for editors."""
    import json

    import typer

    from backtrace.config.json_schema import build_schema

    typer.echo(json.dumps(build_schema(), indent=2))
