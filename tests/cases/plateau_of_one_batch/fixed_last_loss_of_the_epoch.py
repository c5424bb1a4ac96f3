# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
x = torch.rand(160, 5)
labels = (x[:, 0] + 0.3 * torch.randn(160) > 0.5).long()
loader = DataLoader(TensorDataset(x, labels), batch_size=16, shuffle=True)
net = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=0)
for epoch in range(6):
    total = 0.0
    for batch, target in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(batch), target)
        loss.backward()
        opt.step()
        total += loss.item()
    sched.step(total / len(loader))
