# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(60, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=12, shuffle=True)
images, labels = next(iter(loader))
print(images.shape, labels.shape)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for image, label in loader:
    loss = nn.functional.mse_loss(model(image), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
