# expect: BT619 at update 1
# source: "Efficient BackProp", 1998, section 4.3
# Pictures of whole numbers to 255 are given to a net without a norm.
import torch
from torch import nn

torch.manual_seed(0)
pixels = torch.randint(0, 256, (256, 1, 8, 8), dtype=torch.uint8)
labels = torch.randint(0, 2, (256,))
pixels[labels == 1, :, :4] //= 2
model = nn.Sequential(
    nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 32), nn.ReLU(), nn.Linear(32, 2)
)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(4):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(pixels[rows].float()), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
