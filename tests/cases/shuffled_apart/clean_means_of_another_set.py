# expect: nothing
# source: Sun and Saenko, "Deep CORAL", 2016: batches of two domains whose rows are no pairs
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
teacher = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)).eval()
student = nn.Linear(6, 2)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
loader = DataLoader(TensorDataset(x[48:], y[48:]), batch_size=16, shuffle=True)
others = DataLoader(TensorDataset(x[:48]), batch_size=16, shuffle=True)
with torch.no_grad():
    means = [teacher(rows).mean(0) for (rows,) in others]
for _ in range(2):
    for i, (rows, labels) in enumerate(loader):
        out = student(rows)
        loss = F.cross_entropy(out, labels) + F.mse_loss(out.mean(0), means[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
