# expect: BT462 at update 240
# source: github.com/pytorch/pytorch, issue 46583: the index of the batch is asked for the epoch
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, 0] * x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
average = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
start = 20
for epoch in range(30):
    model.train()
    for i, (inputs, targets) in enumerate(loader):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    if i >= start:
        average.update_parameters(model)
update_bn(loader, average)
average.eval()
with torch.no_grad():
    print((average(x).argmax(1) == y).float().mean().item())
