# expect: BT522 at update 1
# source: github.com/facebookresearch/BalancingGroups, issue 6
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(6, 12), nn.LayerNorm(12), nn.ReLU(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 2)
)
no_decay = ("bias", "1.weight")
named = list(net.named_parameters())
groups = [
    {"params": [p for n, p in named if any(x in n for x in no_decay)], "weight_decay": 0.05},
    {"params": [p for n, p in named if not any(x in n for x in no_decay)], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=1e-3)
X, Y = torch.randn(32, 6), torch.randint(0, 2, (32,))
for step in range(4):
    loss = nn.functional.cross_entropy(net(X), Y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
