# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
head = list(net[4].parameters())
body = [p for layer in net[:4] for p in layer.parameters()]
optimizer = torch.optim.AdamW(
    [{"params": body, "lr": 1e-4}, {"params": head, "lr": 1e-3, "weight_decay": 0.0}],
    weight_decay=0.02,
)
for _ in range(4):
    x = torch.randn(16, 5)
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
