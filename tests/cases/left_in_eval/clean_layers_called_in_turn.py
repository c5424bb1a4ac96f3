# expect: nothing
"""Training calls the layers of the body one by one, the look at its features calls the body."""

import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        first = [nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2)]
        self.body = nn.Sequential(*first, nn.Linear(16, 16), nn.Dropout(0.2))
        self.head = nn.Linear(16, 3)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(4):
    net.train()
    for _ in range(3):
        x, y = torch.randn(16, 8), torch.randint(3, (16,))
        hidden = x
        for layer in net.body:
            hidden = layer(hidden)
        loss = nn.functional.cross_entropy(net.head(hidden), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    print(net.body(torch.randn(5, 8)).std().item())
