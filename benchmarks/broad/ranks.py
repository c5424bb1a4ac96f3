"""Judges a case on several processes, and the trainings of torch's engines for these."""

from __future__ import annotations

import json
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import torch
from torch import Tensor

from .case import Case
from .judging import NOT_MADE, SAME, Found, Judge

_PATIENCE = timedelta(seconds=60)


def judge_on_ranks(case: Case) -> Found:
    """Judge a case on as many processes as it wants; what went wrong on any of them counts."""
    with tempfile.TemporaryDirectory() as folder:
        ranks = [_begin(case, rank, Path(folder)) for rank in range(case.ranks)]
        for process in ranks:
            os.waitpid(process, 0)
        found = [_read(Path(folder) / str(rank)) for rank in range(case.ranks)]
    wrong = [each for each in found if each[0].isupper()]
    missing = [each for each in found if each[0] != SAME]
    return (wrong or missing or found)[0]


def _begin(case: Case, rank: int, folder: Path) -> int:
    process = os.fork()
    if process:
        return process
    try:
        found = _judge_as_rank(case, rank, folder)
    except BaseException:
        found = ("RAISED", traceback.format_exc()[-300:])
    try:
        (folder / str(rank)).write_text(json.dumps(found), encoding="utf-8")
    finally:
        os._exit(0)


def _judge_as_rank(case: Case, rank: int, folder: Path) -> Found:
    import torch.distributed as dist

    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(case.ranks), "LOCAL_RANK": str(rank)}
    store = dist.FileStore(str(folder / "store"), case.ranks)
    try:
        dist.init_process_group(
            "gloo", store=store, rank=rank, world_size=case.ranks, timeout=_PATIENCE
        )
    except Exception as error:
        return NOT_MADE, f"gloo: {error}"

    def agree(found: bool) -> bool:
        flag = torch.tensor(int(found))
        dist.all_reduce(flag, dist.ReduceOp.MIN)
        return bool(flag)

    found = Judge(agree=agree).judge(case)
    dist.barrier()
    return found


def _read(path: Path) -> Found:
    if not path.exists():
        return "DIED", "a rank ended without a word"
    what, more = json.loads(path.read_text(encoding="utf-8"))
    return what, more


def rank_cases() -> Iterator[Case]:
    """Give trainings on two ranks: each engine of torch's, and DDP and FSDP2 with optimizers."""
    import torch.distributed as dist

    if not (dist.is_available() and dist.is_gloo_available()):
        return
    from ranks.engines import ENGINES, ddp, fsdp2

    for name, train in ENGINES.items():
        yield Case("ranks", name, _kept(train), ranks=2)
    for options in _ddp_options():
        yield Case("ranks", f"DDP {options}", _kept(lambda o=options: ddp(**o)), ranks=2)
    for mixed in (False, True):
        for reshard in (False, True):
            train = _kept(lambda m=mixed, r=reshard: fsdp2(mixed=m, reshard=r))
            yield Case("ranks", f"FSDP2 mixed={mixed} reshard={reshard}", train, ranks=2)
    yield from _optimizer_cases()


def _ddp_options() -> Iterator[dict[str, bool]]:
    names = ("find_unused_parameters", "gradient_as_bucket_view", "broadcast_buffers")
    for bits in range(2 ** len(names)):
        yield {name: bool(bits >> at & 1) for at, name in enumerate(names)}


def _optimizer_cases() -> Iterator[Case]:
    from .optimizers import OPTIMIZERS

    for name in OPTIMIZERS:
        for engine in ("DDP", "FSDP2"):
            yield Case("ranks", f"{engine}, {name}", _with_optimizer(engine, name), ranks=2)


def _with_optimizer(engine: str, name: str) -> Callable[[], list[Tensor]]:
    def train() -> list[Tensor]:
        from ranks.engines import batches, local, make_net, mesh
        from torch.distributed.fsdp import fully_shard
        from torch.nn.parallel import DistributedDataParallel

        model = net = make_net()
        if engine == "FSDP2":
            for part in (net[0], net[2], net):
                fully_shard(part, mesh=mesh("dp"))
        else:
            model = DistributedDataParallel(net)
        wanted = [p for p in model.parameters() if name != "Muon" or p.dim() == 2]
        opt = getattr(torch.optim, name)(wanted)
        for x in batches(2):
            opt.zero_grad()
            torch.nn.functional.mse_loss(model(x), x[:, :4]).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
        return [p.detach().clone() for p in local(model)]

    return train


def _kept(train: Callable[[], object]) -> Callable[[], list[Tensor]]:
    from ranks.engines import snapshot

    return lambda: snapshot(train())  # type: ignore[arg-type]
