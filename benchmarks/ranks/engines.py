"""Small trainings under torch's engines for several ranks: each returns what it has trained."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

UPDATES = 3
Train = Callable[[], Iterable[Tensor]]
ENGINES: dict[str, Train] = {}


def engine(train: Train) -> Train:
    """Enter a training into the list, under its name."""
    ENGINES[train.__name__] = train
    return train


def make_net() -> nn.Sequential:
    """Return the model of most trainings, the same on every rank."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 8), nn.ReLU(), nn.Linear(8, 4))


def batches(count: int = UPDATES) -> Iterator[Tensor]:
    """Give this rank's own batches."""
    generator = torch.Generator().manual_seed(dist.get_rank())
    for _ in range(count):
        yield torch.randn(8, 8, generator=generator)


def run(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Train a model for a few updates."""
    for x in batches():
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), x[:, :4]).backward()
        optimizer.step()


def ddp(**options: bool) -> list[Tensor]:
    """Train under DistributedDataParallel with these options."""
    net = make_net()
    model = DistributedDataParallel(net, **options)
    run(model, torch.optim.AdamW(model.parameters(), lr=0.01))
    return list(net.parameters())


@engine
def ddp_plain() -> list[Tensor]:
    """Train under DDP."""
    return ddp()


@engine
def ddp_static_graph() -> list[Tensor]:
    """Train under DDP with a static graph."""
    return ddp(static_graph=True)


@engine
def ddp_bucket_view() -> list[Tensor]:
    """Train under DDP with `.grad` as views of its buckets."""
    return ddp(gradient_as_bucket_view=True)


@engine
def ddp_find_unused() -> list[Tensor]:
    """Train under DDP with a branch that is used now and then."""

    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = make_net(), nn.Linear(8, 4)
            self.calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            return self.used(x) + (self.spare(x) if self.calls % 2 else 0)

    net = Branches()
    model = DistributedDataParallel(net, find_unused_parameters=True)
    run(model, torch.optim.SGD(model.parameters(), lr=0.1))
    return list(net.parameters())


@engine
def ddp_fp16_hook() -> list[Tensor]:
    """Train under DDP that sends fp16."""
    from torch.distributed.algorithms.ddp_comm_hooks import default_hooks

    net = make_net()
    model = DistributedDataParallel(net)
    model.register_comm_hook(None, default_hooks.fp16_compress_hook)
    run(model, torch.optim.SGD(model.parameters(), lr=0.1))
    return list(net.parameters())


@engine
def ddp_power_sgd() -> list[Tensor]:
    """Train under DDP with PowerSGD."""
    from torch.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as power

    net = make_net()
    model = DistributedDataParallel(net)
    state = power.PowerSGDState(None, matrix_approximation_rank=1, start_powerSGD_iter=2)
    model.register_comm_hook(state, power.powerSGD_hook)
    run(model, torch.optim.SGD(model.parameters(), lr=0.1))
    return list(net.parameters())


@engine
def ddp_no_sync() -> list[Tensor]:
    """Train under DDP with accumulation."""
    net = make_net()
    model = DistributedDataParallel(net)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for number, x in enumerate(batches(2 * UPDATES)):
        if number % 2:
            (nn.functional.mse_loss(model(x), x[:, :4]) / 2).backward()
            optimizer.step()
            optimizer.zero_grad()
        else:
            with model.no_sync():
                (nn.functional.mse_loss(model(x), x[:, :4]) / 2).backward()
    return list(net.parameters())


@engine
def zero_redundancy() -> list[Tensor]:
    """Train under DDP with a sharded optimizer."""
    from torch.distributed.optim import ZeroRedundancyOptimizer

    net = make_net()
    model = DistributedDataParallel(net)
    run(model, ZeroRedundancyOptimizer(model.parameters(), torch.optim.Adam, lr=0.01))
    return list(net.parameters())


def mesh(name: str) -> dist.DeviceMesh:
    """Return a mesh of all ranks."""
    from torch.distributed.device_mesh import init_device_mesh

    return init_device_mesh("cpu", (dist.get_world_size(),), mesh_dim_names=(name,))


def local(model: nn.Module) -> list[Tensor]:
    """Return what this rank holds of a model."""
    return [p.to_local() if hasattr(p, "to_local") else p for p in model.parameters()]


def fsdp2(
    *,
    mixed: bool = False,
    reshard: bool = True,
    over: dist.DeviceMesh | None = None,
    **more: object,
) -> list[Tensor]:
    """Train under `fully_shard`."""
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    model = make_net()
    policy = MixedPrecisionPolicy(torch.bfloat16, torch.float32) if mixed else None
    options = {"mesh": over or mesh("dp"), "reshard_after_forward": reshard, **more}
    options |= {} if policy is None else {"mp_policy": policy}
    for part in (model[0], model[2], model):
        fully_shard(part, **options)
    run(model, torch.optim.AdamW(model.parameters(), lr=0.01))
    return local(model)


@engine
def fsdp2_plain() -> list[Tensor]:
    """Train under FSDP2."""
    return fsdp2()


@engine
def fsdp2_mixed_precision() -> list[Tensor]:
    """Train under FSDP2 in bfloat16."""
    return fsdp2(mixed=True)


@engine
def fsdp2_no_reshard() -> list[Tensor]:
    """Train under FSDP2 that keeps parameters whole until the backward."""
    return fsdp2(reshard=False)


@engine
def fsdp2_accumulation() -> list[Tensor]:
    """Train under FSDP2 with one reduction for two backwards."""
    from torch.distributed.fsdp import fully_shard

    model = make_net()
    for part in (model[0], model[2], model):
        fully_shard(part, mesh=mesh("dp"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for number, x in enumerate(batches(2 * UPDATES)):
        model.set_requires_gradient_sync(bool(number % 2))
        (nn.functional.mse_loss(model(x), x[:, :4]) / 2).backward()
        if number % 2:
            optimizer.step()
            optimizer.zero_grad()
    return local(model)


@engine
def tensor_parallel() -> list[Tensor]:
    """Train under tensor parallelism."""
    from torch.distributed.tensor.parallel import (
        ColwiseParallel,
        RowwiseParallel,
        parallelize_module,
    )

    model = make_net()
    plan = {"0": ColwiseParallel(), "2": RowwiseParallel()}
    parallelize_module(model, mesh("tp"), plan)
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(UPDATES):
        x = torch.randn(8, 8, generator=generator)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), x[:, :4]).backward()
        optimizer.step()
    return local(model)


def fsdp1(**options: object) -> list[Tensor]:
    """Train under FSDP1 with these options."""
    from torch.distributed.fsdp import FullyShardedDataParallel

    model = FullyShardedDataParallel(make_net(), device_id=torch.device("cpu"), **options)
    run(model, torch.optim.AdamW(model.parameters(), lr=0.01))
    return list(model.parameters())


@engine
def fsdp1_flat() -> list[Tensor]:
    """Train under FSDP1, whose flat tensor is what the optimizer holds."""
    return fsdp1()


@engine
def fsdp1_own_parameters() -> list[Tensor]:
    """Train under FSDP1, the model's own parameters being what the optimizer holds."""
    return fsdp1(use_orig_params=True)


@engine
def fsdp1_mixed_precision() -> list[Tensor]:
    """Train under FSDP1 in bfloat16."""
    from torch.distributed.fsdp import MixedPrecision

    return fsdp1(mixed_precision=MixedPrecision(torch.bfloat16, torch.float32))


@engine
def fsdp1_no_shard() -> list[Tensor]:
    """Train under FSDP1 that keeps everything whole on each rank."""
    from torch.distributed.fsdp import ShardingStrategy

    return fsdp1(sharding_strategy=ShardingStrategy.NO_SHARD, use_orig_params=True)


def grid() -> dist.DeviceMesh:
    """Return a mesh of two copies of a model, each over half of the ranks."""
    from torch.distributed.device_mesh import init_device_mesh

    shape = (2, dist.get_world_size() // 2)
    return init_device_mesh("cpu", shape, mesh_dim_names=("copies", "parts"))


@engine
def fsdp1_hybrid() -> list[Tensor]:
    """Train under FSDP1 that shards in groups, and keeps the groups alike."""
    from torch.distributed.fsdp import ShardingStrategy

    strategy = ShardingStrategy.HYBRID_SHARD
    return fsdp1(sharding_strategy=strategy, device_mesh=grid(), use_orig_params=True)


@engine
def fsdp1_ignored() -> list[Tensor]:
    """Train under FSDP1 that leaves a layer to each rank."""
    from torch.distributed.fsdp import FullyShardedDataParallel

    net = make_net()
    cpu = torch.device("cpu")
    model = FullyShardedDataParallel(net, device_id=cpu, ignored_modules=[net[4]])
    run(model, torch.optim.AdamW(model.parameters(), lr=0.01))
    return list(model.parameters())


@engine
def fsdp2_hybrid() -> list[Tensor]:
    """Train under FSDP2 on a mesh of two dimensions."""
    return fsdp2(over=grid())


@engine
def fsdp2_offloaded() -> list[Tensor]:
    """Train under FSDP2 that keeps its shards on the CPU between uses."""
    from torch.distributed.fsdp import CPUOffloadPolicy

    return fsdp2(offload_policy=CPUOffloadPolicy(pin_memory=False))


@engine
def pipeline_gpipe() -> list[Tensor]:
    """Train under a pipeline of two stages."""
    from torch.distributed.pipelining import PipelineStage, ScheduleGPipe

    rank, size = dist.get_rank(), dist.get_world_size()
    net = make_net()
    part = net[:2] if rank == 0 else net[2:]
    stage = PipelineStage(part, rank, size, torch.device("cpu"))
    schedule = ScheduleGPipe(stage, 2, loss_fn=nn.functional.mse_loss)
    optimizer = torch.optim.SGD(part.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(0)
    for _ in range(UPDATES):
        x = torch.randn(8, 8, generator=generator)
        optimizer.zero_grad()
        if rank == 0:
            schedule.step(x)
        else:
            schedule.step(target=x[:, :4])
        optimizer.step()
    return list(part.parameters())


@engine
def by_hand() -> list[Tensor]:
    """Train under an all-reduce by hand."""
    model = make_net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x in batches():
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), x[:, :4]).backward()
        for p in model.parameters():
            dist.all_reduce(p.grad)
            p.grad /= dist.get_world_size()
        optimizer.step()
    return list(model.parameters())


def snapshot(tensors: Iterable[Tensor]) -> list[Tensor]:
    """Return copies of tensors."""
    return [copy.deepcopy(each.detach()) for each in tensors]
