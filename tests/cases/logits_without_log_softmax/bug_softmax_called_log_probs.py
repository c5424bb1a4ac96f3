# expect: BT404
# line: log_probs = F.softmax(
# source: torch.nn.functional.log_softmax, PyTorch documentation
# A smoothed loss by hand is taken of probabilities, which are called their logarithms.
import torch
import torch.nn.functional as F
from torch import nn


def smoothed(scores, y, smoothing=0.1):
    log_probs = F.softmax(scores, dim=-1)
    picked = -log_probs.gather(1, y[:, None])[:, 0]
    return ((1 - smoothing) * picked - smoothing * log_probs.mean(-1)).mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(32, 6)
    loss = smoothed(model(x), x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
