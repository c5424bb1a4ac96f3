# expect: BT225 at update 1
# line: self.body = Body(
# source: github.com/ImCharlesY/AdaInt, pull request 12: the body's own weights are initialised anew
import torch
from torch import nn


class Body(nn.Module):
    def __init__(self, state=None):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh())
        if state is not None:
            self.load_state_dict(state)

    def forward(self, x):
        return self.net(x)


class Net(nn.Module):
    def __init__(self, state):
        super().__init__()
        self.body = Body(state)
        self.head = nn.Linear(24, 3)
        self.apply(self.initialise)

    def initialise(self, layer):
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(0)
model = Net(Body().state_dict())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
