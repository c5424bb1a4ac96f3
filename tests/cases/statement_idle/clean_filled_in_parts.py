# expect: nothing
"""Views of parameters are filled, a weight that is the parameter's own, and a copy as noise."""

import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(4, 16)
        for part in self.gates.weight.chunk(2):
            nn.init.orthogonal_(part)
        nn.init.ones_(self.gates.bias[:8])
        self.hidden = spectral_norm(nn.Linear(8, 8))
        nn.init.xavier_uniform_(self.hidden.weight)
        self.pruned = prune.l1_unstructured(nn.Linear(8, 8), "weight", amount=0.3)
        nn.init.xavier_uniform_(self.pruned.weight_orig)
        self.out = parametrizations.weight_norm(nn.Linear(8, 1))
        nn.init.normal_(self.out.parametrizations.weight.original1)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        first, second = self.gates(x).chunk(2, dim=1)
        h = self.pruned(self.hidden(first.sigmoid() * second))
        return self.out(h + nn.init.normal_(h.clone(), std=0.1).detach())


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
