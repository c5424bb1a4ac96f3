"""Each rule is torch's own arithmetic: its terms add up to what step did, update after update."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from receipt_options import OPTIONS, SCALES, shapes_of
from receipt_steps import take_receipts

quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def draw_run(data, name):
    options = data.draw(OPTIONS[name], label="options")
    shape = data.draw(shapes_of(name), label="shape")
    scale = data.draw(SCALES, label="scale")
    seed = data.draw(st.integers(0, 2**16), label="seed")
    return getattr(torch.optim, name), options, shape, scale, seed


@pytest.mark.parametrize("name", OPTIONS)
@quick
@given(data=st.data())
def test_terms_add_up_in_float64(name, data):
    kind, options, shape, scale, seed = draw_run(data, name)
    receipts = list(take_receipts(kind, options, shape, scale=scale, seed=seed))
    assert len(receipts) == 15
    for at, receipt in enumerate(receipts):
        assert receipt.reason == ""
        largest = max(1.0, *(term.norm for term in receipt.terms.values()))
        cancels = receipt.bound if options.get("centered") else 0.0
        assert receipt.residual <= max(1e-10 * largest, cancels), (at, receipt)
        assert receipt.residual <= receipt.bound, (at, receipt)


@pytest.mark.parametrize("name", OPTIONS)
@quick
@given(data=st.data())
def test_terms_add_up_in_float32_within_the_bound(name, data):
    kind, options, shape, scale, seed = draw_run(data, name)
    run = take_receipts(kind, options, shape, scale=scale, seed=seed, dtype=torch.float32)
    for at, receipt in enumerate(run):
        assert receipt.residual <= receipt.bound, (at, receipt)
