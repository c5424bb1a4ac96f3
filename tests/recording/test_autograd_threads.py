"""What autograd's own threads do in a backward, as they run those on a device: it is the loop's.

Python has not started them and does not list them; a thread made in C is one of that kind.
"""

from __future__ import annotations

import _thread
import threading

import torch
from torch import nn
from torch.nn import functional

import backtrace
from backtrace.ledger.events import BackwardRan, Edited, StepTaken, Unseen


def call_in_its_thread(function):
    """Run a function as autograd runs a hook on a device: elsewhere, while this thread waits."""
    done, raised = threading.Lock(), []
    done.acquire()

    def run():
        try:
            function()
        except BaseException as error:
            raised.append(error)
        finally:
            done.release()

    _thread.start_new_thread(run, ())
    done.acquire()
    assert raised == []


def train(hook, updates=2):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(updates):
        output = net(torch.randn(5, 3))
        output.register_hook(lambda grad: call_in_its_thread(lambda: hook(net, optimizer)))
        functional.mse_loss(output, torch.randn(5, 2)).backward()
        optimizer.step()
        optimizer.zero_grad()


def test_a_part_that_is_computed_again_is_no_other_threads():
    with backtrace.record() as trace:
        train(lambda net, optimizer: net(torch.randn(5, 3)))
    assert not any(isinstance(event, Unseen | Edited) for event in trace.events)
    assert [type(event) for event in trace.events].count(BackwardRan) == 2


def test_a_step_in_a_hook_is_entered():
    def step(net, optimizer):
        optimizer.step()

    with backtrace.record() as trace:
        train(step)
    assert not any(isinstance(event, Unseen | Edited) for event in trace.events)
    assert [type(event) for event in trace.events].count(StepTaken) == 4


def test_a_thread_of_pythons_own_is_another_one_even_then():
    def work(net, optimizer):
        thread = threading.Thread(target=lambda: net(torch.randn(5, 3)))
        thread.start()
        thread.join()

    with backtrace.record() as trace:
        torch.manual_seed(0)
        net = nn.Linear(3, 2)
        output = net(torch.randn(5, 3))
        output.register_hook(lambda grad: work(net, None))
        output.sum().backward()
    assert [event.what for event in trace.events if isinstance(event, Unseen)] == [
        "what other threads do"
    ]
