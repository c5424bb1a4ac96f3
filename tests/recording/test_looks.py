"""Between known calls one line of each row tells whether a large tensor was written to."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import Edited
from backtrace.recording.kernels.native.kernel import NativeKernel
from backtrace.recording.kernels.native.library import Library, find_library

pytestmark = pytest.mark.skipif(
    not isinstance(find_library(), Library), reason="the native kernel is not compiled here"
)

WRITES = {
    "scaled": lambda x: x.mul_(0.99),
    "averaged": lambda x: x.lerp_(torch.randn(x.shape).to(x), 0.05),
    "clamped": lambda x: x.clamp_(-1.5, 1.5),
    "clamped far out": lambda x: x.clamp_(-2.5, 2.5),
    "begun anew": lambda x: x.normal_(),
    "rows swapped": lambda x: x.copy_(x.flip(0)),
    "first row": lambda x: x[0].zero_(),
    "a row": lambda x: x[x.shape[0] // 3].zero_(),
    "last row": lambda x: x[-1].zero_(),
    "a column": lambda x: x[:, x.shape[1] // 3].zero_(),
    "last column": lambda x: x[:, -1].zero_(),
    "pruned": lambda x: x.mul_(torch.rand(x.shape).to(x) > 0.02),
    "some columns": lambda x: x[:, 5:9].neg_(),
    "diagonal": lambda x: x.fill_diagonal_(0),
    "a block": lambda x: x[10:60, 30:94].zero_(),
}
SHAPES = [(512, 512), (1024, 600), (300, 1000), (256, 5000), (64, 4096), (2048, 2048)]
DTYPES = [torch.float32, torch.float64, torch.bfloat16]


def kernel(*, looks_at_all: bool = False) -> NativeKernel:
    library = find_library()
    assert isinstance(library, Library)
    return NativeKernel(library, looks_at_all=looks_at_all)


def finds(ours: NativeKernel, x: torch.Tensor, write) -> tuple[bool, bool]:
    """Whether a write is seen by what was read before, and by a copy."""
    (before,), kept = ours.read([x]), x.clone()
    assert ours.read_totals([x])[0].total == before.total
    assert ours.is_same([(x, kept)]) == [True]
    write(x)
    return ours.read_totals([x])[0].total != before.total, ours.is_same([(x, kept)]) == [False]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("write", WRITES)
def test_writes_of_the_kinds_that_are_made_are_found(write, shape, dtype):
    torch.manual_seed(0)
    x = torch.randn(shape).to(dtype)
    assert finds(kernel(), x, WRITES[write]) == (True, True)


@pytest.mark.parametrize("order", ["transposed", "channels_last"])
def test_rows_are_those_of_the_memory(order):
    torch.manual_seed(0)
    x = torch.randn(64, 64, 5, 5).to(memory_format=torch.channels_last)
    x = torch.randn(600, 500).t() if order == "transposed" else x
    assert kernel()._find_job(x)[4]
    for at in range(0, x.shape[0], 7):
        assert finds(kernel(), x, lambda x, at=at: x[at].add_(1)) == (True, True), at
        assert finds(kernel(), x, lambda x, at=at: x[:, at % 60].add_(1)) == (True, True), at


@pytest.mark.parametrize("shape", [*SHAPES[:5], (40, 30_000), (128, 1024 * 7 + 1)], ids=str)
def test_no_row_and_no_column_is_left_out(shape):
    x, ours = torch.zeros(shape), kernel()
    kept = x.clone()
    for dim, size in enumerate(shape):
        for at in range(0, size, 1 if size <= 1000 else 13):
            x.select(dim, at).add_(1)
            assert ours.is_same([(x, kept)]) == [False], (dim, at)
            x.select(dim, at).zero_()


def test_one_element_is_found_where_all_are_looked_at():
    torch.manual_seed(0)
    x = torch.randn(1024, 1024)
    missed = 0
    for at in torch.randint(1024, (50, 2)).tolist():

        def write(x, at=at):
            x[at[0], at[1]] += 1

        assert finds(kernel(looks_at_all=True), x, write) == (True, True)
        missed += finds(kernel(), x, write) == (False, False)
    assert missed > 40, "then a look reads all, and costs what that costs"


@pytest.mark.parametrize("shape", [(100, 100), (300_000,), (40_000, 8)], ids=str)
def test_small_tensors_and_those_of_short_rows_are_looked_at_whole(shape):
    x = torch.randn(shape)
    for at in (0, 777, x.numel() - 1):
        assert finds(kernel(), x, lambda x, at=at: x.view(-1)[at].add_(1)) == (True, True)


def test_what_is_found_depends_on_neither_threads_nor_instruction_set():
    library = find_library()
    x = torch.randn(700, 900)
    job = (x.data_ptr(), 0, x.numel(), 0, 1800, 2)
    marks, first = set(), library.instruction_set
    for name in ("sse2", "plain", "avx2", "avx512"):
        for threads in (1, 2, 5) if library.choose(name) else ():
            marks.add(next(library.run("total", job, threads))[0])
            marks.add(next(library.run("read", job, threads))[6])
    library.choose(first)
    assert len(marks) == 1


def edits_of(write, **options) -> list[tuple[str, list[str]]]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(512, 512), nn.Tanh(), nn.Linear(512, 8))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(16, 512)
    with backtrace.record(model, optimizer, **options) as trace:
        for update in range(3):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), x[:, :8]).backward()
            if update == 1:
                write(model[0].weight)
            optimizer.step()
    return [(e.account, [*e.entries]) for e in trace.events if type(e) is Edited]


@pytest.mark.parametrize(
    ("write", "account"),
    [
        (lambda p: p.data.clamp_(-0.03, 0.03), "value"),
        (lambda p: p.data.mul_(0.999), "value"),
        (lambda p: p.data[7].zero_(), "value"),
        (lambda p: p.grad.data.mul_(0.5), "grad"),
        (lambda p: p.grad.data.clamp_(-1e-3, 1e-3), "grad"),
        (lambda p: p.detach()[3, 5].add_(1), "value"),  # its version tells of it
        (lambda p: p.grad[3, 5].add_(1), "grad"),
    ],
)
def test_a_write_into_a_large_layer_is_entered(write, account):
    assert edits_of(write) == [(account, ["0.weight"])]


@pytest.mark.parametrize("option", ["look_at_all", "receipt"])
def test_one_element_written_through_data_is_entered_if_asked_for(option):
    def write(p):
        p.data[3, 5] += 1

    assert edits_of(write, **{option: True}) == [("value", ["0.weight"])]
