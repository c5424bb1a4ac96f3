# expect: BT110 at update 3
# source: discuss.pytorch.org, "Gradient accumulation: what about the last incomplete window?"
# No DataLoader: batches are slices, and zero_grad stands at the beginning of the epoch as well.
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
features = rng.normal(size=(30, 6)).astype("float32")
labels = (features[:, 0] > features[:, 1]).astype("int64")
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
batch_size, accumulate = 6, 2

for epoch in range(3):
    net.zero_grad()
    order = rng.permutation(30)
    for n, start in enumerate(range(0, 30, batch_size), 1):
        rows = order[start : start + batch_size]
        out = net(torch.from_numpy(features[rows]))
        loss = nn.functional.cross_entropy(out, torch.from_numpy(labels[rows])) / accumulate
        loss.backward()
        if n % accumulate == 0:
            sgd.step()
            net.zero_grad()
