"""Tensors come and go, and another may get the address of one that is gone."""

import pytest
import torch

from backtrace.recording.tensors.tracked import Register


def make_at(address):
    """Return a tensor at the address of one that is gone."""
    others = []
    for _ in range(1000):
        tensor = torch.zeros(2)
        if id(tensor) == address:
            return tensor
        others.append(tensor)
    pytest.skip("the address was not given again")
    return None


def test_a_tensor_at_the_address_of_another_comes_last_and_frees_its_name():
    register, lasting = Register(), torch.zeros(2)
    gone = torch.zeros(2)
    register.track(gone, "first", "tensor")
    register.track(lasting, "second", "tensor")
    address = id(gone)
    del gone
    late = make_at(address)
    register.track(late, "third", "tensor")
    assert [tracked.name for tracked, _ in register] == ["second", "third"]
    again = torch.zeros(2)
    assert register.track(again, "first", "tensor").name == "first"


@pytest.mark.parametrize("target", [None, "weights.pt", object(), 3])
def test_what_another_thread_works_on_may_be_anything(target):
    register = Register()
    register.add_tensor(kept := torch.ones(2, requires_grad=True), "kept")
    register.forget_all_of(target)
    assert register.find(kept) is not None
