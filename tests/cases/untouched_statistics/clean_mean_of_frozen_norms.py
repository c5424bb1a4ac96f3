# expect: nothing
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

torch.manual_seed(0)
x = torch.randn(256, 8) * 3 + 2
y = (x[:, :4].sum(1) > 8).long()
batches = list(zip(x.split(32), y.split(32), strict=True))
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
with torch.no_grad():
    model(x)
mean = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(4):
    model.train()
    model[1].eval()
    for rows, labels in batches[:7]:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(rows), labels).backward()
        optimizer.step()
    if epoch > 0:
        mean.update_parameters(model)
mean.eval()
with torch.no_grad():
    correct = (mean(batches[7][0]).argmax(1) == batches[7][1]).float().mean()
