# expect: nothing
# source: numpy.ndarray.clip, NumPy documentation: the third of what it is given is its out; github.com/pyg-team/pytorch_geometric, examples/tgn.py: a memory that lets go of its graph
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)


class Memory:
    def __init__(self, size):
        self.state = torch.zeros(size)

    def __call__(self, rows):
        self.state = torch.tanh(self.state + rows.mean(0))
        return self.state


Memory.detach = lambda self: self.state.detach_()


def scan(number):
    pixels = np.random.default_rng(number).standard_normal((16, 4)).astype(np.float32)
    pixels.clip(-1, 1, pixels)
    return torch.from_numpy(pixels)


model = nn.Linear(4, 4)
head = nn.Linear(4, 1)
memory = Memory(4)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-2)
for number in range(10):
    pixels = scan(number)
    states = memory(model(pixels))
    loss = nn.functional.mse_loss(head(states + pixels), pixels.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    memory.detach()
