# expect: nothing
# source: numpy.random.permutation, NumPy documentation: a sequence in another order, as a copy
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
features = np.random.randn(80, 5).astype(np.float32)
targets = features[:, :1] - features[:, 1:2]
order = np.random.permutation(len(features))
features, targets = features[order], targets[order]
loader = torch.utils.data.DataLoader(list(zip(features, targets)), batch_size=20)
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
