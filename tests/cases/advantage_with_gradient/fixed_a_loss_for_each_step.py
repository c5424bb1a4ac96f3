# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.Softmax(dim=-1))
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
for _ in range(6):
    saved, rewards = [], []
    for _ in range(10):
        state = torch.randn(4)
        dist = Categorical(actor(state))
        action = dist.sample()
        saved.append((dist.log_prob(action), critic(state)))
        rewards.append(float(state[action]))
    total, returns = 0.0, []
    for reward in rewards[::-1]:
        total = reward + 0.99 * total
        returns.insert(0, total)
    policy_losses, value_losses = [], []
    for (log_prob, value), wanted in zip(saved, returns):
        advantage = wanted - value.item()
        policy_losses.append(-log_prob * advantage)
        value_losses.append(nn.functional.smooth_l1_loss(value, torch.tensor([wanted])))
    loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
