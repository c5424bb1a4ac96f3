"""The compiled kernel against torch's, which is the reference, and against itself."""

from __future__ import annotations

import os
import subprocess
import sys
from math import inf, isclose, isnan, nan
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from backtrace.ledger.events import Reading
from backtrace.recording.kernels.native.kernel import NativeKernel
from backtrace.recording.kernels.native.library import Library, find_library
from backtrace.recording.kernels.torch_kernel import TorchKernel

pytestmark = pytest.mark.skipif(
    not isinstance(find_library(), Library), reason=f"no native kernel: {find_library()}"
)
TORCH = Path(torch.__file__).parent
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
SPECIAL = [0.0, -0.0, nan, inf, -inf, 1e-45, -1e-42, 5e-324, 3.4e38, -3e38, 1e200, 6e-8, 65504.0]
SETS = ["plain", "sse2", "neon", "avx2", "avx512"]


@pytest.fixture
def library():
    found = find_library()
    assert isinstance(found, Library)
    found.use_team(TORCH)
    before = found.instruction_set
    threads = torch.get_num_threads()
    yield found
    found.choose(before)
    torch.set_num_threads(threads)


def kernel() -> NativeKernel:
    found = find_library()
    assert isinstance(found, Library)
    return NativeKernel(found)


def make(shape: list[int], dtype: torch.dtype, layout: str, special: list[float], seed: int):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)
    for place, number in enumerate(special[: x.numel()]):
        x.view(-1)[(place * 7919) % x.numel()] = torch.tensor(number, dtype=torch.float64).to(dtype)
    if layout == "transposed" and x.dim() == 2:
        return x.t()
    if layout == "channels_last" and x.dim() == 4:
        return x.to(memory_format=torch.channels_last)
    if layout == "strided" and x.dim():
        return x[..., ::2]
    if layout == "offset":
        return torch.cat([x.new_ones(3), x.reshape(-1)])[3:].view(x.shape)
    return x.expand(3, *shape) if layout == "expanded" else x


tensors = st.builds(
    make,
    st.lists(st.integers(0, 40), min_size=0, max_size=4).filter(
        lambda s: len(s) < 4 or max(s) < 20
    ),
    st.sampled_from(DTYPES),
    st.sampled_from(["contiguous", "transposed", "channels_last", "strided", "offset", "expanded"]),
    st.lists(st.sampled_from(SPECIAL), max_size=4),
    st.integers(0, 10**6),
)


def assert_alike(ours: Reading, reference: Reading, tensor: torch.Tensor, *, native: bool) -> None:
    """Exact but for sums, which are those of float64; what torch reads, to the last bit."""
    if not native:
        assert repr(ours) == repr(reference)
        return
    for name in ("shape", "dtype", "zeros", "nonfinite", "values"):
        assert getattr(ours, name) == getattr(reference, name), name
    for name in ("min", "max"):
        one, other = getattr(ours, name), getattr(reference, name)
        assert one == other or (isnan(one) and isnan(other)), name
    wide = tensor.detach().double()
    if reference.nonfinite:
        assert str(ours.norm) == str(reference.norm)
        assert str(ours.mean) == str(float(wide.mean()))  # in float32 large sums overflow as well
        return
    # float64 rounds to 2e-16 of the largest, and a norm is infinite where its square is.
    assert isclose(ours.mean, wide.mean(), rel_tol=1e-12, abs_tol=1e-14 * wide.abs().max())
    assert isclose(ours.norm, wide.square().sum().sqrt(), rel_tol=1e-12, abs_tol=1e-160)
    assert isclose(ours.norm, reference.norm, rel_tol=1e-4)


@settings(deadline=None, max_examples=300)
@given(tensors)
def test_a_reading_is_the_references(tensor):
    ours, reference = kernel(), TorchKernel()
    (one,), (other,) = ours.read([tensor]), reference.read([tensor])
    (total,) = ours.read_totals([tensor])
    ours.settle(), reference.settle()
    native = ours._find_job(tensor) is not None
    assert_alike(one.reading, other.reading, tensor, native=native)
    if native:
        assert str(total.total) == str(one.total)


@settings(deadline=None, max_examples=200)
@given(tensors, st.integers(0, 10**6))
def test_a_step_is_the_references(value, seed):
    noise = torch.randn(value.shape, generator=torch.Generator().manual_seed(seed))
    old = value.clone() if value.dim() == 0 else torch.empty_like(value).copy_(value)
    new = (old.double() + 0.1 * noise).to(value.dtype)
    new = torch.empty_like(old).copy_(new)
    ours, reference = kernel(), TorchKernel()
    (kept,), (wide,) = ours.keep([(old, None)]), reference.keep([(old, None)])
    ((change, after),) = ours.read_steps([(new, kept)])
    ((wanted, then),) = reference.read_steps([(new, wide)])
    ours.settle(), reference.settle()
    assert_alike(change.reading, wanted.reading, wide, native=after.is_kept)
    assert_alike(after.reading, then.reading, new, native=after.is_kept)
    if after.is_kept:
        assert ours.is_same([(new, kept)]) == [True]
        assert torch.equal(kept.nan_to_num(7), new.nan_to_num(7))


def test_all_half_numbers_are_read_exactly():
    bits = torch.arange(2**16, dtype=torch.int32).to(torch.int16)
    for dtype in (torch.float16, torch.bfloat16):
        every = bits.view(dtype)
        finite = every[torch.isfinite(every)].clone()
        one, all_of_them = kernel().read([finite, every])
        assert one.reading.zeros == 2 and one.reading.mean == 0
        assert isclose(one.reading.norm, torch.linalg.vector_norm(finite.double()), rel_tol=1e-12)
        assert all_of_them.reading.nonfinite == every.numel() - finite.numel()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("work", ["read", "step"])
def test_bits_depend_on_neither_threads_nor_instruction_set(library, dtype, work):
    x, y = (make([300_007], dtype, "contiguous", SPECIAL[:2], seed) for seed in (1, 2))
    found = set()
    for name in SETS:
        if not library.choose(name):
            continue
        assert library.instruction_set == name
        for threads in (1, 2, 5):
            kept = y.clone()
            job = (x.data_ptr(), kept.data_ptr(), x.numel(), DTYPES.index(dtype), 0, 0)
            small = (x.data_ptr(), kept.data_ptr(), 1001, DTYPES.index(dtype), 0, 0)
            jobs = job if work == "step" else [*job, *small]
            found.add(b"".join(n.tobytes() for n in library.run(work, jobs, threads)))
    assert len(found) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="torch has another OpenMP there")
def test_torchs_own_threads_are_found(library, tmp_path):
    assert library.use_team(TORCH)
    assert not library.use_team(tmp_path), "a library that is not loaded was taken for torch's"


def test_an_instruction_set_that_is_not_there_is_refused(library):
    before = library.instruction_set
    assert not library.choose("avx1024")
    assert library.instruction_set == before


def test_subnormal_numbers_count_even_where_torch_flushes_them():
    x = torch.full((100_000,), 1e-42)
    if not torch.set_flush_denormal(True):
        pytest.skip("this machine does not flush")
    try:
        (slot,) = kernel().read([x])
        still = float(torch.tensor([1e-42]).mul(2))
    finally:
        torch.set_flush_denormal(False)
    assert slot.reading.zeros == 0 and still == 0
    assert isclose(slot.reading.mean, x[0].double(), rel_tol=1e-12)


def test_the_same_bits_and_no_others_are_the_same():
    x = torch.randn(100_000)
    kept = x.clone()
    ours = kernel()
    assert ours.is_same([(x, kept)]) == [True]
    x[77_777].neg_()
    assert ours.is_same([(x, kept)]) == [False]
    assert ours.is_same([(x[:20], kept[:20]), (x, kept)]) == [True, False]
    assert ours.is_same([(x, kept.double())]) == [False]


def freed() -> torch.Tensor:
    x = torch.randn(1000)
    x.untyped_storage().resize_(0)
    return x


@pytest.mark.parametrize(
    "tensor",
    [
        freed(),
        torch.randn(3),
        torch.randn(100, dtype=torch.complex64).conj().imag,
        torch.randn(100).expand(3, 100),
        torch.randn(200)[::2],
        torch.randn(200, device="meta"),
        torch.randn(20, 20).to_sparse(),
        torch.arange(100),
        torch.randn(100).as_subclass(type("Mine", (torch.Tensor,), {})),
    ],
    ids=["freed", "few", "negative", "expanded", "strided", "meta", "sparse", "whole", "subclass"],
)
def test_what_has_no_plain_memory_is_left_to_torch(tensor):
    assert kernel()._find_job(tensor) is None


FORKS = """
import os, sys, torch
from backtrace.recording.kernels.native.kernel import NativeKernel
from backtrace.recording.kernels.native.library import find_library

torch.set_num_threads(3)
x = torch.randn(1_000_000)
kernel = NativeKernel(find_library())
wanted = kernel.read([x])[0].reading  # nothing of torch's has used threads so far
if os.fork() == 0:
    twice = x * 2  # by threads, which are not there
    same = kernel.read([x])[0].reading == wanted and twice.sum() == 2 * x.sum()
    os._exit(0 if same else 1)
_, status = os.wait()
assert kernel.read([x])[0].reading == wanted
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_torch_works_in_a_child_that_is_forked_after_a_reading():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKS], check=True, timeout=60)
