"""Configs to test with: full ones of our own, and whatever is bundled at the time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from backtrace.config.bundled import bundled_folder, bundled_names
from backtrace.config.load import LoadedConfig, load_config
from backtrace.errors import ConfigError, Problem

SMALL = """\
model: [{type: Linear, args: [1, 1]}]
loss: MSELoss
optimizer: SGD(lr=0.1)
data: {source: values, input: [[1.0]], target: [[2.0]]}
"""

FULL = """\
# Two losses pull at one layer. Look at the shares.
model:
  - fc: Linear(4, 8)
  - ReLU
  - type: Linear
    name: head
    args: [8]
    kwargs:
      out_features: 2
      bias: false
  - {type: Dropout, p: 0.5}
init:
  fc.weight: xavier_uniform_(gain=2.0)
  fc.bias: 0.5
  head.weight: {type: normal_, std: 0.1}
loss:
  mse: MSELoss
  l1:
    loss: SmoothL1Loss(beta=0.5)
    weight: 0.5
    apply: mean
optimizer:
  type: AdamW
  lr: 1e-3
  betas: [0.9, 0.99]
  groups:
    - params: "*.bias"
      weight_decay: 0
scheduler: StepLR(step_size=2, gamma=0.5)
clip:
  norm: 1.0
  norm_type: .inf
data:
  source: random
  input: [12, 4]
  target:
    shape: [12, 2]
    distribution: uniform
  batch_size: 4
  shuffle: true
loop:
  epochs: 2
  updates: 5
  accumulate: 2
  zero_grad:
    set_to_none: false
  seed: 3
  dtype: float64
compare:
  fast:
    optimizer.lr: 0.1
    loop.accumulate: 1
  unclipped:
    clip: null
  sgd:
    optimizer: SGD(lr=0.1)
expect:
  updates: 3
  findings: [BT204, never-cleared]
  loss: {falls_by: 0.1}
  grads:
    "*.bias": none
    fc.weight: [0, 1e3]
  values:
    fc.bias: [0.5]
    head.weight:
      update: 2
      grad: [[1]]
      rtol: 0.1
  trace: full.trace
"""

CUSTOM = """\
model:
  class: nets.small:Net
  args:
    hidden: 8
loss:
  type: CrossEntropyLoss
  label_smoothing: 0.1
optimizer:
  type: SGD
  lr: 0.1
scheduler:
  type: LambdaLR
  per: update
data:
  source: csv
  path: rows.csv
  input: [a, b]
  target: c
  scale: 0.5
  like:
    input: [10, 2]
    target: {shape: [10], classes: 3}
  synthetic: yes
loop:
  updates: 3
  zero_grad: off
"""

VALUES = """\
model:
  - Linear(2, 1)
loss: MSELoss
optimizer: SGD(lr=0.01, momentum=0.9)
data:
  source: values
  input:
    - [1.0, 2.0]
    - [3, -4.5e-1]
  target: [[1.0], [0x10]]
"""


def all_texts() -> dict[str, str]:
    """Return our own configs and every bundled one, by name."""
    folder = bundled_folder()
    bundled = {name: (folder / f"{name}.yaml").read_text("utf-8") for name in bundled_names()}
    return {"SMALL": SMALL, "FULL": FULL, "CUSTOM": CUSTOM, "VALUES": VALUES, **bundled}


def load_text(text: str | bytes, overrides: Sequence[tuple[str, str]] = ()) -> LoadedConfig:
    """Load a config from a file that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_config(path, overrides)


def problems_of(text: str | bytes, overrides: Sequence[tuple[str, str]] = ()) -> list[Problem]:
    """Return what is wrong with a config; none if nothing is."""
    try:
        load_text(text, overrides)
    except ConfigError as error:
        return list(error.problems)
    return []


def place(problem: Problem) -> tuple[int, int]:
    """Return line and column."""
    line, column = problem.where.rsplit(":", 2)[1:]
    return int(line), int(column)
