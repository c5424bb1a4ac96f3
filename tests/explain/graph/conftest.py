"""Trainings of models given as modules, and what a graph of theirs says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType
from torch import nn

from backtrace.config.load import load_config
from backtrace.config.schema import Config
from backtrace.explain.examine import examine_graph
from backtrace.ledger.graph_facts import GraphFacts
from backtrace.train.training import Training, build_training

Examine = Callable[..., GraphFacts]


@pytest.fixture
def trained(tmp_path: Path) -> Callable[..., Training]:
    """Build a training around a model, with random data of the given shapes."""

    def build(model: nn.Module, x: list[int], y: list[int], /, **sections: Any) -> Training:
        data = {"source": "random", "input": {"shape": x}, "target": {"shape": y}}
        config: dict[str, Any] = {
            "model": {"class": "torch.nn:Linear", "args": [1, 1]},  # in whose place it comes
            "loss": {"loss": {"loss": {"type": "MSELoss"}}},
            "optimizer": {"type": "SGD", "lr": 0.1},
            "data": data | sections.pop("data", {}),
        }
        full = Config.model_validate(config | sections)
        training = build_training(full, tmp_path, lambda key: f"test.yaml:{key}")
        training.model = model
        return training

    return build


@pytest.fixture
def examine(trained: Callable[..., Training]) -> Examine:
    """Return what is found out about a model's graph."""
    return lambda *args, **sections: examine_graph(trained(*args, **sections), "test")


@pytest.fixture
def bundled() -> Callable[[str], GraphFacts]:
    """Return what is found out about a bundled config's graph."""

    def facts(name: str) -> GraphFacts:
        loaded = load_config(name)
        training = build_training(loaded.config, loaded.folder, loaded.locate)
        return examine_graph(training, name)

    return facts


@pytest.fixture
def printed() -> Callable[[RenderableType, int], str]:
    """Return what a console of a width prints."""

    def draw(renderable: RenderableType, width: int) -> str:
        console = Console(file=io.StringIO(), width=width, _environ={})
        console.print(renderable)
        return console.file.getvalue()

    return draw
