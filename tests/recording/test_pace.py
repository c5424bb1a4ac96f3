"""Which updates are read where that is a function, as needed, or asked for meanwhile."""

from __future__ import annotations

import os
import re
import signal

import pytest
import torch
from torch import nn

import backtrace
from backtrace.errors import UsageError
from backtrace.tracefile.control import ask_for, control_path


def train(updates, each=lambda update: None, *, scale=lambda update: 1.0, **options):
    """Train, calling `each` before every update; return the numbers of those that were read."""
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    with backtrace.record(model, optimizer, **options) as trace:
        for update in range(1, updates + 1):
            each(update)
            optimizer.zero_grad()
            (model(torch.ones(1, 2)).pow(2).sum() * scale(update)).backward()
            optimizer.step()
        return [update.index for update in trace.updates]


def test_a_function_says_it_anew_at_each_step():
    assert train(12, every=lambda count: 1 if count < 4 else 3) == [1, 2, 3, 4, 7, 10]


DENSE = list(range(1, 11))
RARER = [12, 16, 24, 40, 72, 136, 236, 336]  # the distance doubles, up to 100


def test_auto_is_dense_at_first_and_ever_rarer():
    assert train(400, every="auto") == DENSE + RARER


def test_auto_is_dense_again_where_a_loss_is_unusual():
    found = train(80, every="auto", scale=lambda update: 10.0 if update == 24 else 1.0)
    assert found == [*DENSE, 12, 16, *range(24, 35), 36, 40, 48, 64]


def test_auto_is_dense_while_something_is_not_finite():
    found = train(50, every="auto", scale=lambda update: float("inf") if update == 24 else 1.0)
    assert found == [*DENSE, 12, 16, *range(24, 51)]


def test_a_run_does_what_it_is_asked_while_it_goes_on(tmp_path):
    path = tmp_path / "run.trace"
    asked = {5: "2", 9: "1", 12: "nonsense", 14: "100"}

    def ask(update):
        if update in asked:
            ask_for(path, asked[update])

    assert train(20, ask, every=1, file=path) == [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14]
    assert not control_path(path).exists()


@pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "binary", "large", "loop"])
def test_what_is_no_number_is_passed_over(tmp_path, kind):
    """Hostile or by mistake: a pipe would be waited for, and `/dev/zero` never ends."""
    path = tmp_path / "run.trace"
    control = control_path(path)
    makers = {
        "pipe": lambda: os.mkfifo(control),
        "folder": control.mkdir,
        "endless": lambda: control.symlink_to("/dev/zero"),
        "binary": lambda: control.write_bytes(bytes(range(256))),
        "large": lambda: control.write_bytes(b"1" * 5_000_000),
        "loop": lambda: control.symlink_to(control),
    }

    def put(update):
        if update == 2:
            makers[kind]()
            signal.setitimer(signal.ITIMER_REAL, 20)

    def expire(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, expire)
    try:
        assert train(4, put, every=1, file=path) == [1, 2, 3, 4]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_what_was_asked_of_an_earlier_run_is_forgotten(tmp_path):
    path = tmp_path / "run.trace"
    ask_for(path, "100")
    assert train(4, file=path) == [1, 2, 3, 4]


@pytest.mark.parametrize(("every", "reason"), [(0, "at least 1"), ("often", "or 'auto'")])
def test_what_makes_no_sense_is_refused(every, reason):
    with pytest.raises(UsageError, match=re.escape(reason)):
        train(1, every=every)
