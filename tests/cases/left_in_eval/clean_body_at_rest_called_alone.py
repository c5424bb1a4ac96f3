# expect: nothing
# A pretrained body is frozen and in evaluation mode; the script calls it and a new head in turn.
import torch
from torch import nn

torch.manual_seed(0)


class Probe(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1))
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(16, 3))


probe = Probe()
probe.body.requires_grad_(False).eval()
opt = torch.optim.SGD(probe.head.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(16, 8)
    with torch.no_grad():
        features = probe.body(x)
    loss = nn.functional.cross_entropy(probe.head(features), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
