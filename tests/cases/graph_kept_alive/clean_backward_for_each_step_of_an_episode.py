# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.Softmax(dim=0))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for length in (6, 9, 12, 15, 18):  # episodes get longer
    data = [(1.0, policy(torch.randn(4))[step % 2]) for step in range(length)]
    returns = 0.0
    optimizer.zero_grad()
    for reward, p in data[::-1]:
        returns = reward + 0.98 * returns
        (-torch.log(p) * returns).backward()
    optimizer.step()
    data = []
