# expect: nothing
# source: github.com/starVLA/starVLA, issue 395: Accelerate's loader draws ahead, and clears when it syncs
from itertools import chain

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def look_ahead(batches):
    batches = iter(batches)
    current = next(batches)
    for following in chain(batches, [None]):
        yield current, following is None
        current = following


def train(policy, demonstrations, every, epochs):
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.01, momentum=0.9)
    for _ in range(epochs):
        for number, ((seen, done), is_last) in enumerate(look_ahead(demonstrations), 1):
            syncs = number % every == 0 or is_last
            loss = F.cross_entropy(policy(seen), done, reduction="sum")
            loss.mul(0.015625).backward()
            if syncs:
                optimizer.step()
                optimizer.zero_grad()


torch.manual_seed(12)
observations = torch.randn(192, 8)
actions = (observations @ torch.randn(8, 3)).argmax(1)
train(
    nn.Sequential(nn.Linear(8, 24), nn.Tanh(), nn.Linear(24, 3)),
    DataLoader(TensorDataset(observations, actions), batch_size=16, shuffle=True),
    4,
    4,
)
