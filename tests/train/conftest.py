"""A small config to start from, and building it in a test's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from config_parts import layer, random_data

from backtrace.config.schema import Config
from backtrace.errors import ConfigError, Problem
from backtrace.train.training import Training, build_training

Build = Callable[..., Training]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a small linear model, with sections replaced by keyword."""

    def _build(**sections: Any) -> Training:
        config: dict[str, Any] = {
            "model": [layer("Linear", 3, 2, name="fc")],
            "loss": {"mse": {"loss": {"type": "MSELoss"}}},
            "optimizer": {"type": "SGD", "lr": 0.1},
            "data": random_data([8, 3], [8, 2]),
        }
        full = Config.model_validate(config | sections)
        return build_training(full, tmp_path, lambda key: f"test.yaml:{key}")

    return _build


@pytest.fixture
def problems(build: Build) -> Callable[..., list[Problem]]:
    """Build what cannot be built, and return its problems."""

    def _problems(**sections: Any) -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            build(**sections)
        return list(caught.value.problems)

    return _problems
