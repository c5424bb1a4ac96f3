# expect: BT401 at update 1
# line: log_prob * advantage
# source: Broadcasting semantics, PyTorch documentation
import torch
import torch.nn.functional as F
from torch.distributions import Categorical

torch.manual_seed(0)
policy = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2))
value = torch.nn.Linear(4, 1)
optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3)
for episode in range(4):
    states, returns = torch.randn(12, 4), torch.randn(12)
    actions = Categorical(logits=policy(states)).sample()
    log_prob = Categorical(logits=policy(states)).log_prob(actions)
    baseline = value(states)
    advantage = returns.unsqueeze(1) - baseline.detach()
    loss = -(log_prob * advantage).mean() + F.mse_loss(baseline.squeeze(1), returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
