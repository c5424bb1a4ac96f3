"""The readings that are taken on a CUDA device, against torch's; without a device they rest."""

from __future__ import annotations

import warnings
from math import inf, isclose, isnan, nan

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from backtrace.recording.kernels.by_device import DeviceKernel
from backtrace.recording.kernels.torch_kernel import TorchKernel

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
SPECIAL = [0.0, -0.0, nan, inf, -inf, 1e-45, -1e-42, 5e-324, 3.4e38, -3e38, 1e200, 6e-8, 65504.0]
LAYOUTS = ["contiguous", "transposed", "channels_last", "strided", "offset", "expanded"]


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def kernel(values: int = 16) -> DeviceKernel:
    return DeviceKernel(TorchKernel(values), values)


def make(shape, dtype, layout, special, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=generator, dtype=torch.float64, device="cpu").to(dtype)
    for place, number in enumerate(special[: x.numel()]):
        x.view(-1)[(place * 7919) % x.numel()] = torch.tensor(
            number, dtype=torch.float64, device="cpu"
        ).to(dtype)
    x = x.to("cuda")
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
    st.sampled_from(LAYOUTS),
    st.lists(st.sampled_from(SPECIAL), max_size=4),
    st.integers(0, 10**6),
)


def assert_alike(ours, tensor):
    """Exact but for sums, which are those of float64 as the host adds them up."""
    wide = tensor.detach().double().cpu()
    torchs = TorchKernel()
    (reference,) = torchs.read([tensor.detach().cpu().contiguous()])
    torchs.settle()
    assert ours.shape == tuple(tensor.shape)
    for name in ("dtype", "zeros", "nonfinite", "values"):
        assert repr(getattr(ours, name)) == repr(getattr(reference.reading, name)), name
    for name in ("min", "max"):
        one, other = getattr(ours, name), getattr(reference.reading, name)
        assert one == other or (isnan(one) and isnan(other)), name
    if ours.nonfinite or not wide.numel():
        assert repr(ours.norm) == repr(reference.reading.norm)
        assert repr(ours.mean) == repr(reference.reading.mean)
        return
    norm = float(torch.linalg.vector_norm(wide))
    assert isclose(ours.norm, norm, rel_tol=1e-6, abs_tol=1e-160) or norm > 1e150
    assert isclose(ours.mean, wide.mean(), rel_tol=1e-6, abs_tol=1e-6 * wide.abs().max())


@settings(deadline=None, max_examples=400)
@given(st.lists(tensors, min_size=1, max_size=5))
def test_readings_are_the_references(found):
    ours = kernel()
    slots, totals = ours.read(found), ours.read_totals(found)
    ours.settle()
    for tensor, slot, total in zip(found, slots, totals, strict=True):
        assert_alike(slot.reading, tensor)
        if ours._is_dense(tensor):
            assert str(total.total) == str(slot.total)


@settings(deadline=None, max_examples=300)
@given(tensors, st.integers(0, 10**6))
def test_a_step_is_the_references(old, seed):
    noise = torch.randn(old.shape, generator=torch.Generator().manual_seed(seed), device="cpu")
    old = old.clone()
    ours = kernel()
    (kept,) = ours.keep([(old, None)])
    new = torch.empty_like(old).copy_(old.double() + 0.1 * noise.to(old.device))
    wide = torch.float32 if old.element_size() < 4 else old.dtype
    change = new.to(wide) - old.to(wide)
    ((read, after),) = ours.read_steps([(new, kept)])
    ours.settle()
    assert_alike(read.reading, change)
    assert_alike(after.reading, new)


@pytest.mark.parametrize("dtype", DTYPES)
def test_many_large_tensors_at_once(dtype):
    sizes = [1, 16, 17, 2048, 16383, 16384, 16385, 2_100_000, 3, 7_000_001]
    found = [make([size], dtype, "contiguous", [], size) for size in sizes]
    ours = kernel()
    slots, again = ours.read(found), ours.read(found)
    ours.settle()
    for tensor, slot, other in zip(found, slots, again, strict=True):
        assert repr(slot.reading) == repr(other.reading)
        if tensor.numel() <= 16:
            assert slot.reading.values == tuple(tensor.tolist())
            continue
        wide = tensor.double()
        assert isclose(slot.total, wide.sum(), rel_tol=1e-11, abs_tol=1e-11 * wide.abs().sum())
        assert isclose(slot.reading.norm, torch.linalg.vector_norm(wide), rel_tol=1e-12)


def test_every_half_number_is_read_exactly():
    bits = torch.arange(2**16, dtype=torch.int32, device="cuda").to(torch.int16)
    for dtype in (torch.float16, torch.bfloat16):
        every = bits.view(dtype)
        finite = every[torch.isfinite(every)].clone()
        ours = kernel()
        one, all_of_them = ours.read([finite, every])
        ours.settle()
        assert one.reading.zeros == 2 and abs(one.reading.mean) < 1e-15 * one.reading.max
        assert isclose(one.reading.norm, torch.linalg.vector_norm(finite.double()), rel_tol=1e-12)
        assert all_of_them.reading.nonfinite == every.numel() - finite.numel()


def test_what_has_no_dense_memory_is_left_to_torch():
    sparse = torch.sparse_coo_tensor([[0, 3]], [1.0, 2.0], (5,), device="cuda")
    whole = torch.arange(40, device="cuda")
    cut, rest = torch.rand(40, 40, device="cuda")[:, ::2], torch.rand(3, device="cpu")
    ours = kernel()
    slots = ours.read([sparse, whole, cut, rest, torch.rand(0, device="cuda")])
    ours.settle()
    assert [slot.reading.shape for slot in slots] == [(5,), (40,), (40, 20), (3,), (0,)]
    assert slots[0].reading.zeros == 3 and slots[1].reading.max == 39
