# expect: BT503 at update 2
# source: "Understanding the difficulty of training deep feedforward neural networks", X. Glorot, Y. Bengio, 2010
import torch
from torch import nn

torch.manual_seed(0)

layers = []
for _ in range(8):
    layers += [nn.Linear(24, 24), nn.Sigmoid()]

model = nn.Sequential(*layers, nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(32, 24)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
