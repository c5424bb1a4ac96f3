"""What a run sets in the process: random numbers, threads, deterministic kernels, and undoes."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy
import torch

from backtrace.config.schema import Loop
from backtrace.train.problems import Problems, first_line

CUBLAS = "CUBLAS_WORKSPACE_CONFIG"  # cuBLAS repeats its results only with a fixed workspace


def torch_dtype(name: str) -> torch.dtype:
    """Return `torch.float32` for "float32"."""
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def check_device(problems: Problems, loop: Loop) -> torch.device | None:
    """Return the device if a tensor of the loop's dtype can be made there and read back."""
    hint = "cpu is always there; cuda and mps only with the hardware and a torch built for it"
    try:
        device = torch.device(loop.device)
    except RuntimeError:  # torch lists every backend that it was ever built for
        problems.add("loop.device", f"no such device: {loop.device}", hint)
        return None
    try:
        torch.ones(1, dtype=torch_dtype(loop.dtype), device=device).sum().item()
    except Exception as error:  # AssertionError, NotImplementedError, … as the backend likes
        found = f"{loop.dtype} on {loop.device} is not available: {first_line(error)}"
        problems.add("loop.device", found, hint)
        return None
    return device


def seed_all(seed: int) -> None:
    """Seed torch, and Python's and numpy's generators, which a user's classes may draw from."""
    torch.manual_seed(seed)
    random.seed(seed)
    numpy.random.seed(seed % 2**32)


@contextmanager
def separate_randomness() -> Iterator[None]:
    """Leave the process's random numbers as they were, whatever is drawn inside."""
    python, legacy = random.getstate(), numpy.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(python)
        numpy.random.set_state(legacy)


@contextmanager
def settings(loop: Loop) -> Iterator[None]:
    """Set threads and deterministic kernels as the loop asks, and set them back at the end."""
    threads = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    workspace = os.environ.get(CUBLAS)
    try:
        if loop.threads is not None:
            torch.set_num_threads(loop.threads)
        if loop.deterministic:
            os.environ.setdefault(CUBLAS, ":4096:8")
            torch.use_deterministic_algorithms(True)
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        if workspace is None:
            os.environ.pop(CUBLAS, None)
