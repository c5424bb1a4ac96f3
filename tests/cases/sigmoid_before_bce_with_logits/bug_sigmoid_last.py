# expect: BT403 at update 1
# source: torch.nn.BCEWithLogitsLoss, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
X = torch.randn(64, 5)
Y = (X[:, 0] > 0).float()
for epoch in range(2):
    for k in range(0, 64, 32):
        out = net(X[k : k + 32]).squeeze(1)
        loss = criterion(out, Y[k : k + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
