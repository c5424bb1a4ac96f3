"""Functions that normalise and their inverses: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.models.undone_scales import find_undone_scales
from backtrace.recording.source.source_file import read_scopes

_RIGHT, _BACK = "(x - self.mean) / (self.std + 1e-5)", "x * self.std + self.mean"
_CLASS = """
class Scale(nn.Module):
    def fit(self, x):
        self.mean, self.std = x.mean(0), x.std(0)

    def {done}(self, x):
        return {first}

    def {undone}(self, x):
        return {second}
"""
_MODES = """
class Layer(nn.Module):
    def forward(self, x, mode):
        if mode == "norm":
            self.mean = x.mean(1, keepdim=True).detach()
            self.stdev = torch.sqrt(torch.var(x, 1, keepdim=True) + 1e-5).detach()
            {first}
        elif mode == "denorm":
            {second}
        else:
            raise ValueError(mode)
        return x
"""
_WAYS = """
class Layer(nn.Module):
    def _normalize(self, x, mask):
        if mask is None:
            mean = x.mean(1, keepdim=True)
            std = x.std(1, keepdim=True)
            x = (x - mean).div(std)
        else:
            mean = (x * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True)
            std = {std}
            {first}
        self.std, self.mean = std, mean
        return x, mean, std

    def _denormalize(self, x, mean, std):
        {second}
"""


def _found(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    slips = [slip for scope in read_scopes(str(path)) for slip in find_undone_scales(scope)]
    return [(slip.name.split(": ")[1], slip.beside.split(": ")[1]) for slip in slips]


def _of_class(first=_RIGHT, second=_BACK, done="normalize", undone="denormalize"):
    return _CLASS.format(first=first, second=second, done=done, undone=undone)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_of_class(second="(x + self.mean) * self.std"), "(x + mean) * std"),
        (_of_class(second="x * self.std", undone="unnormalize"), "x * std"),
        (_of_class(second="x + self.mean"), "x + mean"),
        (_of_class(second="x * self.mean + self.std"), "x * mean + std"),
        (_of_class(second="x / self.std + self.mean"), "x / std + mean"),
        (_of_class(second="x * self.std - self.mean"), "x * std - mean"),
        (_of_class(second="x * self.std", done="encode", undone="decode"), "x * std"),
        (_of_class(second="x.mul(self.mean).add(self.std)"), "x * mean + std"),
        (
            _of_class(second="self.std * x", done="transform", undone="inverse_transform"),
            "x * std",
        ),
    ],
)
def test_what_is_no_inverse_is_found(tmp_path, text, wanted):
    assert _found(tmp_path, text) == [("(x - mean) / std", wanted)]


def test_a_way_that_divides_by_nothing_is_found(tmp_path):
    std = "((x - mean) ** 2 * mask).sum(1, keepdim=True).sqrt()"
    text = _WAYS.format(std=std, first="x = (x - mean) * mask", second="return x * std + mean")
    assert _found(tmp_path, text) == [("x - mean", "x * std + mean")]
    modes = _MODES.format(first="x = x - self.mean", second="x = x * self.stdev + self.mean")
    assert _found(tmp_path, modes) == [("x - mean", "x * stdev + mean")]


def test_two_plain_functions_are_read_too(tmp_path):
    text = (
        "def normalize(x, mean, std):\n    return (x - mean) / std\n\n"
        "def denormalize(x, mean, std):\n    return (x + mean) * std\n"
    )
    assert _found(tmp_path, text) == [("(x - mean) / std", "(x + mean) * std")]


@pytest.mark.parametrize(
    "text",
    [
        _of_class(),
        _of_class(second="torch.clamp(x * self.std + self.mean, min=0)"),
        _of_class(first="x - self.mean", second="x + self.mean"),
        _of_class(first="x / self.std", second="x * self.std"),
        # a reciprocal is kept
        _of_class(first="(x - self.mean) * self.std", second="x / self.std + self.mean"),
        # what has no mean
        _of_class(second="x * self.std", undone="denormalize_std", done="normalize_std"),
        # what was another's
        _of_class(second="x * self.target_std"),
        # a model, and not a formula
        _of_class(second="self.net(x) * self.std", done="encode", undone="decode"),
        # what came last is added as well
        _of_class(second="x * self.std + self.mean + self.last"),
        _of_class(first="torch.log((x - self.mean) / self.std)", second="x + self.mean"),
        # nothing undoes the other by its name
        _of_class(second="x * self.std", undone="rescale"),
        _MODES.format(
            first="x = (x - self.mean) / self.stdev", second="x = x * self.stdev + self.mean"
        ),
        # a deviation of 1
        _WAYS.format(
            std="torch.ones_like(mean)",
            first="x = x - mean",
            second="return x * std + mean",
        ),
        # the second has both ways as well
        _WAYS.format(
            std="mask",
            first="x = x - mean",
            second="return x + mean if std is None else x * std + mean",
        ),
        _WAYS.format(
            std="x.std(1, keepdim=True)",
            first="x = x - mean",
            second="if self.plain:\n            return x + mean\n        return x * std + mean",
        ),
    ],
)
def test_what_is_an_inverse_or_may_be_is_not(tmp_path, text):
    assert _found(tmp_path, text) == []
