# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
masks = torch.zeros(72, 8, 8).long()
for mask in masks:
    row, column = torch.randint(0, 5, (2,)).tolist()
    mask[row : row + 3, column : column + 3] = 1
pictures = masks[:, None] + 0.3 * torch.randn(72, 1, 8, 8)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for inputs, targets in DataLoader(TensorDataset(pictures, masks), batch_size=8):
    loss = nn.functional.cross_entropy(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
