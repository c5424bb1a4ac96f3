# expect: nothing
"""A log-likelihood is maximised as it is, with no loss function of torch's."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, maximize=True)
for _ in range(6):
    x = torch.randn(32, 6)
    y = x[:, :3].argmax(1, keepdim=True)
    likelihood = -nn.functional.nll_loss(model(x).log_softmax(1), y[:, 0])
    optimizer.zero_grad()
    likelihood.backward()
    optimizer.step()
