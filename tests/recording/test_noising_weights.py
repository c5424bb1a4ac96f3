"""Weights of data and noise that belong together, and those of which one lacks its root."""

from __future__ import annotations

import pytest

from backtrace.recording.source.generators.noising_weights import find_noising_weights
from backtrace.recording.source.source_file import read_scopes

BUFFERS = """
class Diffusion:
    def __init__(self, betas):
        alphas_bar = torch.cumprod(1 - betas, 0)
        self.register_buffer("kept", torch.sqrt(alphas_bar))
        self.register_buffer("spread", {spread})

    def forward(self, x, t):
        noise = torch.randn_like(x)
        return extract(self.kept, t, x.shape) * x + extract(self.spread, t, x.shape) * noise
"""


def find(text, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(text)
    return [slip.name for scope in read_scopes(str(path)) for slip in find_noising_weights(scope)]


@pytest.mark.parametrize(
    "formula",
    [
        "ab[t].sqrt() * x + (1 - ab[t]) * noise",
        "ab[t] * x + (1 - ab[t]) ** 0.5 * noise",
        "(1 - beta).sqrt() * x + beta * torch.randn_like(x)",
        "noise * (1.0 - alpha) + x * torch.sqrt(alpha)",
    ],
)
def test_a_root_that_is_missing_is_found(formula, tmp_path):
    assert len(find(f"def noised(x, t, noise):\n    return {formula}\n", tmp_path)) == 1


@pytest.mark.parametrize(
    "formula",
    [
        "ab[t].sqrt() * x + (1 - ab[t]).sqrt() * noise",
        "(1 - t) * x + t * noise",
        "t * x + (1 - t).sqrt() * noise",
        "rho * x + (1 - rho**2).sqrt() * noise",
        "(1 - dt) * x + dt.sqrt() * noise",
        "decay * x + (1 - decay) * noise",
        "ab[t].sqrt() * x + (1 - ab[t - 1]) * noise",
        "ab.sqrt() * x + (1 - ab.sqrt()) * residual + (1 - ab).sqrt() * noise",
        "ab.sqrt() * x + (1 - ab) * y",
    ],
)
def test_other_weights_are_left_alone(formula, tmp_path):
    assert find(f"def noised(x, t, noise):\n    return {formula}\n", tmp_path) == []


@pytest.mark.parametrize(
    ("spread", "wrong"),
    [("1 - alphas_bar", ["extract(self.spread, t, x.shape)"]), ("(1 - alphas_bar).sqrt()", [])],
)
def test_buffers_are_followed(spread, wrong, tmp_path):
    assert find(BUFFERS.format(spread=spread), tmp_path) == wrong
