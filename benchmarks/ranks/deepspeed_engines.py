"""Small trainings under DeepSpeed, where it is installed: entered into the list of engines.

Its first run compiles an operation, which takes minutes.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

import torch
from ranks.engines import ENGINES, batches, make_net
from torch import Tensor, nn


def train(stage: int, **config: object) -> list[Tensor]:
    """Train under ZeRO's stage; return what this rank's optimizer has stepped."""
    import deepspeed

    options = {
        "train_micro_batch_size_per_gpu": 8,
        "optimizer": {"type": "Adam", "params": {"lr": 0.01, "torch_adam": True}},
        "zero_optimization": {"stage": stage},
        "gradient_clipping": 1.0,
        **config,
    }
    net = make_net()
    engine, optimizer, _, _ = deepspeed.initialize(
        model=net, model_parameters=net.parameters(), config=options
    )
    for x in batches():
        given = x.to(next(net.parameters()).dtype)
        engine.backward(nn.functional.mse_loss(engine(given).float(), x[:, :4]))
        engine.step()
    inner = optimizer if isinstance(optimizer, torch.optim.Optimizer) else optimizer.optimizer
    held = [tensor for group in inner.param_groups for tensor in group["params"]]
    return held or list(optimizer.fp32_partitioned_groups_flat)  # stage 3 holds them in a step


def add_engines() -> None:
    """Enter ZeRO's stages, and those in half precision, if DeepSpeed is installed."""
    if find_spec("deepspeed") is None:
        return
    for stage in range(4):
        ENGINES[f"deepspeed_stage_{stage}"] = partial(train, stage)
        if stage:
            half = {"bf16": {"enabled": True}}
            ENGINES[f"deepspeed_stage_{stage}_bf16"] = partial(train, stage, **half)
