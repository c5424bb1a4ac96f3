# expect: nothing
# source: torch.optim.SGD, `maximize`, left in, where another optimizer follows
import torch
from torch import nn

torch.manual_seed(4)
body, head = nn.Sequential(nn.Linear(5, 12), nn.ReLU()), nn.Linear(12, 2)
model = nn.Sequential(body, head)


def train(optimizer, updates):
    for _ in range(updates):
        x = torch.randn(32, 5)
        loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


train(torch.optim.AdamW(model.parameters(), lr=1e-3), 5)
body.requires_grad_(False)
train(torch.optim.SGD(head.parameters(), lr=0.05), 4)
