# expect: nothing
# source: github.com/xavysp/DexiNed, issue 45: the loss is divided by the size of the batch twice
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
images = torch.rand(256, 1, 8, 8)
edges = (images > 0.6).float()
loader = DataLoader(TensorDataset(images, edges), batch_size=16, shuffle=True)

model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(2):
    for image, edge in loader:
        predicted = model(image)
        loss = criterion(predicted, edge)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
