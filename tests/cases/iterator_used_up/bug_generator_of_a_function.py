# expect: BT435 at update 1
# source: Python tutorial, Iterators: an iterator that is used up stays so
import torch
from torch import nn

torch.manual_seed(0)


def windows(series, length):
    for at in range(0, len(series) - length - 1, 4):
        yield series[at : at + length], series[at + length]


def main():
    series = torch.sin(torch.arange(100.0) / 5)
    model = nn.Linear(8, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    pairs = windows(series, 8)
    for epoch in range(5):
        total = 0.0
        for step, (past, target) in enumerate(pairs):
            loss = (model(past) - target).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(epoch, round(total, 4))


main()
