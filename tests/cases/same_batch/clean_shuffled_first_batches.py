# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(64, 5)
source = DataLoader(TensorDataset(x, (x[:, 0] > 0).float()), batch_size=8, shuffle=True)
validation = DataLoader(TensorDataset(x[:16]), batch_size=4)
net = torch.nn.Linear(5, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(5):
    xb, yb = next(iter(source))
    loss = F.binary_cross_entropy_with_logits(net(xb).squeeze(1), yb)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        print(net(next(iter(validation))[0]).mean())
