# expect: nothing
# The names of logarithms are given softmaxes whose logarithm is taken before they are used.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(32, 6)
    log_softmax_scores = model(x).softmax(dim=1)
    logp = torch.softmax(model(x), dim=1)
    picked = torch.log(logp + 1e-8)[torch.arange(32), x[:, :4].argmax(1)]
    told = log_softmax_scores.log()[torch.arange(32), x[:, :4].argmax(1)]
    loss = -picked.mean() - told.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
