# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(30, 4)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=30)
net = torch.nn.Linear(4, 1)
opt = torch.optim.LBFGS(net.parameters(), max_iter=3)
for _ in range(4):
    for xb, yb in loader:

        def closure():
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            return loss

        opt.step(closure)
