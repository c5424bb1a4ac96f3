# expect: BT213
# source: PyTorch docs warning, "lr_scheduler.step() before optimizer.step()"; forum posts on it
# also: BT509, BT510
import torch
from torch import nn


def main():
    torch.manual_seed(0)
    net = nn.Linear(6, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
    for _ in range(5):
        x = torch.randn(8, 6)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
        loss.backward()
        scheduler.step()


main()
