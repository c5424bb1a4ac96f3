"""What an update costs in Python: how many of our functions are called, on whatever machine."""

import sys
from pathlib import Path

import torch
from torch import nn

import backtrace
from backtrace.recording.kernels.choose import describe_kernel

OURS = str(Path(backtrace.__file__).parent)
# Of the two-layer MLP: 4 parameters, 5 calls. Torch's kernel is of functions of ours, too.
MOST = 672 if describe_kernel().startswith("native") else 720


def count_calls(function):
    """Return how many calls of our own functions a call makes."""
    count = 0

    def note(frame, event, _):
        nonlocal count
        count += event == "call" and frame.f_code.co_filename.startswith(OURS)

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_an_update_of_a_small_net_takes_few_calls_and_no_more_as_time_goes_by():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(30, 200), nn.Tanh(), nn.Linear(200, 27))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(8, 30), torch.randint(27, (8,))

    def update():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()

    with backtrace.record(model, optimizer):
        for _ in range(8):
            update()
        ninth = count_calls(update)
        for _ in range(80):
            update()
        late = count_calls(update)
    assert 400 < ninth < MOST
    assert late == ninth
