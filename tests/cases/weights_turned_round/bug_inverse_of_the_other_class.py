# expect: BT528 at update 1
# source: github.com/amanshenoy/multilogue-net, issue 21
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features = torch.randn(600, 8)
feels = (features[:, 0] + 0.5 * features[:, 1] > 0.9).long()
share = feels.float().mean().item()
weights = torch.tensor([1 / share, 1 / (1 - share)])
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2), nn.LogSoftmax(dim=1))
criterion = nn.NLLLoss(weight=weights)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(2):
    for x, y in DataLoader(TensorDataset(features, feels), batch_size=50, shuffle=True):
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        optimizer.step()
