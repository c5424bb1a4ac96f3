# expect: BT222 at update 4, BT435
# source: Python tutorial, Iterators: an iterator that is used up stays so
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
held_x, held_y = torch.randn(16, 4), torch.randn(16, 1)


def batches():
    for rows in torch.randperm(64).split(16):
        yield x[rows], y[rows]


model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
stream = batches()
for epoch in range(5):
    model.train()
    for a, b in stream:
        loss = nn.functional.mse_loss(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, nn.functional.mse_loss(model(held_x), held_y).item())
