# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
loader = DataLoader(TensorDataset(torch.randn(50, 3), torch.randn(50, 1)), batch_size=10)
x, y = next(iter(loader))  # it must be able to learn this one
net = torch.nn.Sequential(torch.nn.Linear(3, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    opt.step()
