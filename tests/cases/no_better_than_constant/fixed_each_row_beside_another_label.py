# expect: nothing
# source: https://github.com/keras-team/keras/pull/7520
"""Both are listed in the same order."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
names = [f"{number}.png" for number in range(512)]
images = {name: torch.randn(8) for name in names}
labels = {name: float(image[:2].sum() > 0) for name, image in images.items()}
listed = set(names)
inputs = torch.stack([images[name] for name in sorted(listed)])
targets = torch.tensor([labels[name] for name in sorted(listed)])
loader = DataLoader(TensorDataset(inputs, targets), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for _ in range(11):
    for x, y in loader:
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(model(x).squeeze(1), y).backward()
        optimizer.step()
