"""Parts of a config, spelled out, for the tests to put together."""

from __future__ import annotations

from typing import Any


def layer(text: str, *args: Any, name: str | None = None, **kwargs: Any) -> dict[str, Any]:
    return {"type": text, "args": list(args), "kwargs": kwargs, "name": name}


def random_data(x: list[int], y: list[int], **more: Any) -> dict[str, Any]:
    return {"source": "random", "input": {"shape": x}, "target": {"shape": y}, **more}
