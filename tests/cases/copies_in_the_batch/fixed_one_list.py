# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
kept, episode = [], []
for _ in range(30):
    episode = []
    episode.extend(torch.randn(4, 3))
    kept.append(episode)
    picks = torch.randint(0, len(kept), (16,)).tolist()
    states = torch.stack([state for pick in picks for state in kept[pick]])
    loss = (model(states) - states[:, :1]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
