# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
DECAY = None
x = torch.randn(160, 6)
loader = DataLoader(TensorDataset(x, x.pow(2).sum(1, keepdim=True)), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[6, 8], gamma=DECAY or 1.0)
for epoch in range(9):
    for rows, wanted in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(net(rows), wanted).backward()
        optimizer.step()
    scheduler.step()
