# expect: nothing
"""A discriminator takes a step on what is real and one on what was made, each by one class."""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 2))
of_generator = torch.optim.Adam(generator.parameters(), lr=1e-3)
of_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()


def learn_to_tell(rows, kind):
    of_judge.zero_grad()
    loss = criterion(judge(rows), torch.full((len(rows),), kind))
    loss.backward()
    of_judge.step()


for _ in range(260):
    real = torch.randn(32, 2) * 0.4 + torch.tensor([1.0, -1.0])
    learn_to_tell(real, 1)
    learn_to_tell(generator(torch.randn(32, 4)).detach(), 0)
    of_generator.zero_grad()
    fooled = criterion(judge(generator(torch.randn(32, 4))), torch.ones(32, dtype=torch.long))
    fooled.backward()
    of_generator.step()
