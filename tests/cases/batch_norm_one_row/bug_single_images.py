# expect: BT306 at update 1
# source: torch.nn.BatchNorm2d, PyTorch documentation; Wu and He, Group Normalization, 2018 (small batches)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
dataset = TensorDataset(torch.rand(6, 3, 8, 8), torch.randint(0, 2, (6, 8, 8)))
loader = DataLoader(dataset, batch_size=1, shuffle=True)

unet = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 2, 1)
)
optimizer = torch.optim.Adam(unet.parameters(), lr=1e-3)
for image, mask in loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(unet(image), mask)
    loss.backward()
    optimizer.step()
