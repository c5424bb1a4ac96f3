# expect: BT229 at update 1
# source: https://github.com/hash2430/pitchtron/issues/3
# A gradient reversal layer is a module whose backward nobody calls: it reverses nothing.
import torch
from torch import nn

torch.manual_seed(4)


class GradientReversal(nn.Module):
    def __init__(self, strength=1.0):
        super().__init__()
        self.strength = strength

    def forward(self, x):
        return x

    def backward(self, gradient):
        return -self.strength * gradient


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
        self.label, self.domain = nn.Linear(16, 3), nn.Linear(16, 1)
        self.reversal = GradientReversal(0.5)

    def forward(self, x):
        h = self.features(x)
        return self.label(h), self.domain(self.reversal(h)).squeeze(1)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    domain = torch.arange(32) % 2
    x = torch.randn(32, 8) + domain.unsqueeze(1)
    labels, domains = model(x)
    loss = nn.functional.cross_entropy(labels, x[:, :3].argmax(1))
    loss = loss + nn.functional.binary_cross_entropy_with_logits(domains, domain.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
