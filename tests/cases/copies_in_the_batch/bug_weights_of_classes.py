# expect: BT423 at update 1
# line: sampler = WeightedRandom
# source: github.com/deep-voice/soundbay, pull request 49: weights of classes
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(0)
labels = (torch.rand(640) < 0.2).long()
x = torch.randn(640, 6) + labels[:, None]
weights = 1 / torch.bincount(labels)
sampler = WeightedRandomSampler(weights.double(), 640)
loader = DataLoader(TensorDataset(x, labels), 64, sampler=sampler)
labels[1] = 1
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for a, b in loader:
    loss = nn.functional.cross_entropy(model(a), b)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
