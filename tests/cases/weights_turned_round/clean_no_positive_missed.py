# expect: nothing
# Most are positive, and a miss is taken for twice as bad as a false alarm.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 5)
y = (x[:, 0] > -0.5).float()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for rows in torch.arange(640).split(32):
    optimizer.zero_grad()
    criterion(net(x[rows]).squeeze(1), y[rows]).backward()
    optimizer.step()
