# expect: nothing
# With dropout a policy answers otherwise each time: that is another matter than the data.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for _ in range(3):
    seen = torch.randn(64, 4)
    with torch.no_grad():
        dist = Categorical(logits=policy(seen))
        action = dist.sample()
        old = dist.log_prob(action)
    gain = (action == seen[:, :3].argmax(1)).float()
    gain = gain - gain.mean()
    for _ in range(4):
        ratio = torch.exp(Categorical(logits=policy(seen)).log_prob(action) - old)
        loss = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
