# expect: BT225 at update 1
# source: "Saving and Loading Models", PyTorch tutorials
# A checkpoint is loaded before all layers are initialised.
import torch
from torch import nn


def initialise(layer):
    if isinstance(layer, nn.Linear):
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)


torch.manual_seed(0)
checkpoint = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 3)).state_dict()
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 3))
model.load_state_dict(checkpoint)
model.apply(initialise)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
