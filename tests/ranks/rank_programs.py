"""Training loops on two ranks: each with a bug, with the bug mended, or correct and odd.

Run by torchrun: every program is recorded in turn, each rank writing its own part of the trace
NAME.trace in the folder that is given. A program whose name ends in `_fixed`, or begins with
`right_`, must give no alarm.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from backtrace import record

UPDATES = 3
PROGRAMS: dict[str, Callable[[], None]] = {}
TRAINED: list[nn.Module] = []


def program(function: Callable[[], None]) -> Callable[[], None]:
    PROGRAMS[function.__name__] = function
    return function


def rank() -> int:
    return dist.get_rank()


def make_net(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    TRAINED[:] = [net]
    return net


def batches(seed: int | None = None, count: int = UPDATES) -> list[tuple[Tensor, Tensor]]:
    """Return batches that each rank has for itself, or all ranks with one seed."""
    generator = torch.Generator().manual_seed(100 + rank() if seed is None else seed)
    rows = [torch.randn(8, 4, generator=generator) for _ in range(count)]
    return [(x, x.sum(1, keepdim=True)) for x in rows]


def train(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    before_step: Callable[[int], None] = lambda at: None,
    data: list[tuple[Tensor, Tensor]] | None = None,
) -> None:
    for at, (x, y) in enumerate(batches() if data is None else data):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), y).backward()
        before_step(at)
        optimizer.step()


def sgd(net: nn.Module, lr: float = 0.05, **options: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(net.parameters(), lr=lr, **options)


@program
def raw_module() -> None:
    net = make_net()
    wrapper = DistributedDataParallel(net)
    train(net, sgd(wrapper))


@program
def raw_module_fixed() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net))


def unfreeze(*, is_wrapped_anew: bool) -> None:
    net = make_net()
    net[2].requires_grad_(False)
    wrapper = DistributedDataParallel(net)
    optimizer = sgd(wrapper)
    for at, (x, y) in enumerate(batches()):
        if at == 1:
            net[2].requires_grad_(True)
            wrapper = DistributedDataParallel(net) if is_wrapped_anew else wrapper
        optimizer.zero_grad()
        nn.functional.mse_loss(wrapper(x), y).backward()
        optimizer.step()


@program
def unfrozen_late() -> None:
    unfreeze(is_wrapped_anew=False)


@program
def unfrozen_late_fixed() -> None:
    unfreeze(is_wrapped_anew=True)


@program
def right_own_bias() -> None:
    net = make_net()
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(net, ["2.bias"])
    wrapper = DistributedDataParallel(net)
    train(wrapper, sgd(wrapper))


def accumulate(unsynced: int) -> None:
    net = DistributedDataParallel(make_net())
    optimizer = sgd(net)
    for x, y in batches():
        optimizer.zero_grad()
        for part in range(2):
            with net.no_sync() if part == unsynced else nullcontext():
                half = slice(4 * part, 4 * part + 4)
                (nn.functional.mse_loss(net(x[half]), y[half]) / 2).backward()
        optimizer.step()


@program
def no_sync_last() -> None:
    accumulate(1)


@program
def no_sync_last_fixed() -> None:
    accumulate(0)


def by_hand(seed: int) -> None:
    net = make_net(seed)

    def reduce(at: int) -> None:
        for parameter in net.parameters():
            dist.all_reduce(parameter.grad)
            parameter.grad /= dist.get_world_size()

    train(net, sgd(net), reduce)


@program
def other_seeds() -> None:
    by_hand(rank())


@program
def other_seeds_fixed() -> None:
    by_hand(0)


def load(sampler: bool) -> None:
    net = DistributedDataParallel(make_net())
    x = torch.randn(48, 4, generator=torch.Generator().manual_seed(1))
    rows = TensorDataset(x, x.sum(1, keepdim=True))
    chosen = DistributedSampler(rows, shuffle=False) if sampler else None
    train(net, sgd(net), data=DataLoader(rows, batch_size=8, sampler=chosen))


@program
def no_sampler() -> None:
    load(sampler=False)


@program
def no_sampler_fixed() -> None:
    load(sampler=True)


def clip(ranks: tuple[int, ...]) -> None:
    net = DistributedDataParallel(make_net())

    def before_step(at: int) -> None:
        if rank() in ranks and at >= 1:
            nn.utils.clip_grad_norm_(net.parameters(), 0.01)

    train(net, sgd(net), before_step)


@program
def clip_on_one() -> None:
    clip((1,))


@program
def clip_on_one_fixed() -> None:
    clip((0, 1))


@program
def own_rate() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net, lr=0.05 * (1 + rank())))


@program
def own_rate_fixed() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net, lr=0.05 * (1 + dist.get_world_size())))


@program
def own_decay() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net, weight_decay=0.1 * rank()))


@program
def own_decay_fixed() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net, weight_decay=0.1))


def norm(**options: bool) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))
    wrapper = DistributedDataParallel(net, **options)
    train(wrapper, sgd(wrapper))


@program
def own_buffers() -> None:
    norm(broadcast_buffers=False)


@program
def own_buffers_fixed() -> None:
    norm()


def loaded(ranks: tuple[int, ...]) -> None:
    net = DistributedDataParallel(make_net())

    def before_step(at: int) -> None:
        if rank() in ranks and at == 1:
            net.load_state_dict({n: v * 0.5 for n, v in net.state_dict().items()})

    train(net, sgd(net), before_step)


@program
def load_on_one() -> None:
    loaded((0,))


@program
def load_on_one_fixed() -> None:
    loaded((0, 1))


def lost(ranks: tuple[int, ...]) -> None:
    net = DistributedDataParallel(make_net())
    data = batches()
    if rank() in ranks:
        data[1][1].fill_(float("nan"))
    train(net, sgd(net), data=data)


@program
def nan_on_one() -> None:
    lost((1,))


@program
def nan_on_one_fixed() -> None:
    lost(())


@program
def right_bucket_views() -> None:
    net = DistributedDataParallel(make_net(), gradient_as_bucket_view=True, static_graph=True)
    train(net, torch.optim.AdamW(net.parameters()))


@program
def right_wrapped_after_the_optimizer() -> None:
    net = make_net()
    optimizer = sgd(net)
    wrapper = DistributedDataParallel(net)
    wrapper.eval()
    net.train()  # as Lightning leaves them
    train(wrapper, optimizer)


@program
def right_local_sgd() -> None:
    net = make_net(rank())  # no wrapper, no reduction: a model for each rank
    train(net, sgd(net))


def shard(net: nn.Sequential) -> nn.Sequential:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    for part in (net[0], net[2], net):
        fully_shard(part, mesh=mesh)
    return net


def shard_blocks(*, is_whole: bool) -> None:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    net, mesh = make_net(), init_device_mesh("cpu", (dist.get_world_size(),))
    for part in (net[0], net) if is_whole else (net[0],):
        fully_shard(part, mesh=mesh)
    train(net, sgd(net))


@program
def sharded_in_part() -> None:
    shard_blocks(is_whole=False)


@program
def sharded_in_part_fixed() -> None:
    shard_blocks(is_whole=True)


class Placed(nn.Module):
    def __init__(self, *, has_placements: bool) -> None:
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.tensor import Partial, Replicate, distribute_tensor

        super().__init__()
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        whole = distribute_tensor(torch.ones(4, 1), mesh, [Replicate()])
        self.weight = nn.Parameter(whole)
        self.options = {"grad_placements": [Partial("avg")]} if has_placements else {}

    def forward(self, x: Tensor) -> Tensor:
        return 2 * (x @ self.weight.to_local(**self.options))


def place(*, has_placements: bool) -> None:
    net = Placed(has_placements=has_placements)
    TRAINED[:] = [net]
    train(net, sgd(net))


@program
def local_of_replicated() -> None:
    place(has_placements=False)


@program
def local_of_replicated_fixed() -> None:
    place(has_placements=True)


@program
def right_sharded() -> None:
    net = shard(make_net())
    train(net, torch.optim.AdamW(net.parameters(), lr=0.01))


@program
def right_sharded_accumulating() -> None:
    net = shard(make_net())
    optimizer = sgd(net)
    for x, y in batches():
        optimizer.zero_grad()
        for part in range(2):
            net.set_requires_gradient_sync(part == 1)
            half = slice(4 * part, 4 * part + 4)
            (nn.functional.mse_loss(net(x[half]), y[half]) / 2).backward()
        optimizer.step()


def flatten(net: nn.Sequential, **options: object) -> nn.Module:
    from torch.distributed.fsdp import FullyShardedDataParallel

    return FullyShardedDataParallel(net, device_id=torch.device("cpu"), **options)


def accumulate_flat(*, in_bfloat16: bool = False, without_sync: bool = False) -> None:
    from torch.distributed.fsdp import MixedPrecision

    mixed = MixedPrecision(param_dtype=torch.bfloat16) if in_bfloat16 else None
    net = flatten(make_net(), use_orig_params=in_bfloat16, mixed_precision=mixed)
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    for x, y in batches():
        optimizer.zero_grad()
        for part in range(2):
            with net.no_sync() if without_sync and part == 0 else nullcontext():
                half = slice(4 * part, 4 * part + 4)
                (nn.functional.mse_loss(net(x[half]).float(), y[half]) / 2).backward()
        net.clip_grad_norm_(0.1)
        optimizer.step()


@program
def right_flat() -> None:
    accumulate_flat()


@program
def right_flat_without_sync() -> None:
    accumulate_flat(without_sync=True)


@program
def right_flat_of_own_parameters() -> None:
    accumulate_flat(in_bfloat16=True)


@program
def right_flat_and_whole() -> None:
    from torch.distributed.fsdp import ShardingStrategy

    net = flatten(make_net(), sharding_strategy=ShardingStrategy.NO_SHARD, use_orig_params=True)
    train(net, sgd(net))


@program
def optimizer_before_sharding() -> None:
    net = make_net()
    optimizer = sgd(net)
    train(shard(net), optimizer)


@program
def optimizer_before_sharding_fixed() -> None:
    net = shard(make_net())
    train(net, sgd(net))


@program
def unequal_steps_fixed() -> None:
    net = DistributedDataParallel(make_net())
    train(net, sgd(net))


def unequal_steps() -> None:
    """The last: a rank that is through ends, and the other one fails in its all-reduce."""
    net = DistributedDataParallel(make_net())
    train(net, sgd(net), data=batches(count=UPDATES + rank()))


def bits() -> str:
    """Return what tells this rank's trained parameters, bit by bit."""
    parameters = [getattr(p, "_local_tensor", p).detach() for p in TRAINED[0].parameters()]
    return hashlib.sha256(b"".join(p.numpy().tobytes() for p in parameters)).hexdigest()


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    found = {}
    for name, run in PROGRAMS.items():
        run()
        bare = bits()
        with record(file=folder / f"{name}.trace"):
            run()
        found[name] = [bare, bits()]
    (folder / f"bits{rank()}.json").write_text(json.dumps(found))
    with record(file=folder / "unequal_steps.trace"):
        unequal_steps()
    os._exit(0)  # as a rank that does not wait for the other's end


if __name__ == "__main__":
    main(Path(sys.argv[1]))
