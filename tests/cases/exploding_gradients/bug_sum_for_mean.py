# expect: BT502
# source: torch.nn.MSELoss (reduction), PyTorch documentation; forum threads on reduction="sum" and the rate
# also: BT506, BT512
import torch
from torch import nn

torch.manual_seed(0)


def train(epochs=6):
    data = torch.randn(256, 20)
    target = data @ torch.randn(20, 1)
    model = nn.Linear(20, 1)
    criterion = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(epochs):
        optimizer.zero_grad()
        criterion(model(data), target).backward()
        optimizer.step()
    return model


train()
