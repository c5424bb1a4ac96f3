"""What holds around every test: no hook or patch is left in torch, before or after."""

from __future__ import annotations

import gc
import os
import sys
import types
from collections.abc import Iterator

import pytest
import torch
from torch.nn import functional
from torch.nn.modules import module as torch_module
from torch.nn.utils import clip_grad
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import dataloader

from backtrace import announce

if os.environ.get("TEST_DEVICE"):  # `TEST_DEVICE=cuda pytest tests/test_harmless.py`
    torch.set_default_device(os.environ["TEST_DEVICE"])

_OPTIMIZER = sys.modules["torch.optim.optimizer"]

_SCHEDULERS = (LRScheduler, *LRScheduler.__subclasses__())


def code_of(value: object) -> object:
    """Return a function's code, which may be another though the function is the same."""
    if isinstance(value, list):
        return [code_of(each) for each in value]
    return getattr(value, "__code__", None)


def installed() -> dict[str, object]:
    """Return everything in torch that backtrace may touch, as it is now."""
    found: dict[str, object] = {
        "backward": torch.autograd.backward,
        "clip_grad_norm_": torch.nn.utils.clip_grad_norm_,
        "clip_grad_value_": torch.nn.utils.clip_grad_value_,
        "clip_grad.clip_grad_norm_": clip_grad.clip_grad_norm_,
        "clip_grad.clip_grad_value_": clip_grad.clip_grad_value_,
        "_clip_grads_with_norm_": clip_grad._clip_grads_with_norm_,
        "add_param_group": torch.optim.Optimizer.add_param_group,
        "Optimizer.zero_grad": torch.optim.Optimizer.zero_grad,
        "Module.zero_grad": torch.nn.Module.zero_grad,
        "unscale_": torch.amp.GradScaler.unscale_,
        "GradScaler.step": torch.amp.GradScaler.step,
        "listeners": len(announce.listeners),
        "anomaly mode": torch.is_anomaly_enabled(),
        "DataLoader.__iter__": torch.utils.data.DataLoader.__iter__,
        "DataLoader's __next__": vars(dataloader._BaseDataLoaderIter)["__next__"],
        "losses": [value for name, value in vars(functional).items() if "loss" in name],
        "schedulers": [cls.step for cls in _SCHEDULERS],
        "_initial_step": LRScheduler._initial_step,
        "__init_subclass__": [
            cls for cls in (LRScheduler, torch.optim.Optimizer) if "__init_subclass__" in vars(cls)
        ],
    }
    found |= {f"the code of {name}": code_of(value) for name, value in [*found.items()]}
    for name, value in [*vars(torch_module).items(), *vars(_OPTIMIZER).items()]:
        if name.startswith("_global") and isinstance(value, dict):
            found[name] = len(value)
    return found


PRISTINE = installed()

gc.freeze()  # what torch has made stays: no collection need go through it again
gc.set_threshold(20_000, 10, 10)  # the usual 700 took a twentieth of the suite

# Where no device is in use, each seeding keeps the lines of the stack for an error message: that
# took another twentieth.
for device in (torch.cuda, torch.xpu):
    device.traceback = types.SimpleNamespace(format_stack=list)  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """Set apart what the tests' imports have made, and the tests, as well."""
    gc.collect()
    gc.freeze()


def hooked() -> list[str]:
    """Return what in memory carries hooks: leaf tensors and modules."""
    found = []
    for thing in gc.get_objects():
        if isinstance(thing, torch.nn.Module) and (
            thing._forward_hooks or thing._forward_pre_hooks
        ):
            found.append(f"forward hooks on {type(thing).__name__}")
        elif isinstance(thing, torch.nn.Parameter) and (
            thing._backward_hooks or thing._post_accumulate_grad_hooks
        ):
            found.append("gradient hooks on a parameter")
    return found


@pytest.fixture(autouse=True)
def _no_hook_is_left() -> Iterator[None]:
    assert installed() == PRISTINE
    yield
    sys.excepthook = sys.__excepthook__  # a process group puts torch's in its place, and leaves it
    assert installed() == PRISTINE
