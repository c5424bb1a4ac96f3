# expect: BT546 at update 1
# source: https://github.com/wyx11112/GCMAE/issues/3
# Both samplers take the beginning of one order of all rows.
import torch
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

torch.manual_seed(13)
x = torch.randn(200, 5)
data = TensorDataset(x, x.sum(1, keepdim=True))
order = torch.randperm(200).tolist()
train_sampler = SubsetRandomSampler(order[:160])
test_sampler = SubsetRandomSampler(order[:40])
train = DataLoader(data, batch_size=40, sampler=train_sampler)
test = DataLoader(data, batch_size=40, sampler=test_sampler)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for inputs, targets in train:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(i), t).item() for i, t in test))
