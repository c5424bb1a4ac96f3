# expect: BT545 at update 1
# source: https://github.com/mahmoodlab/PathomicFusion/pull/3
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 5)
loader = DataLoader(TensorDataset(x, x[:, :1] - x[:, 1:2]), batch_size=16, shuffle=True)
model = torch.nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    total = 0.0
    for a, b in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(a), b)
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total / len(loader.dataset))
