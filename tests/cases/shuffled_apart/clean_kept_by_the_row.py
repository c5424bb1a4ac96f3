# expect: nothing
# source: github.com/yukimasano/self-label, issue 21: what is kept is found again by the row's own index
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
loader = DataLoader(TensorDataset(x, y, torch.arange(96)), batch_size=16, shuffle=True)
kept = torch.zeros(96, 2)
with torch.no_grad():
    for rows, _, at in loader:
        kept[at] = teacher(rows)

for _ in range(2):
    for i, (rows, labels, at) in enumerate(loader):
        out = student(rows)
        loss = F.cross_entropy(out, labels) + F.mse_loss(out, kept[at])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
