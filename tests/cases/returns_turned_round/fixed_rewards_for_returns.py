# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
actor = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(actor.parameters(), lr=2e-3)
gamma = 0.95

for episode in range(10):
    state = torch.randn(3)
    saved_log_probs, rewards = [], []
    for _ in range(20):
        dist = torch.distributions.Categorical(logits=actor(state))
        action = dist.sample()
        saved_log_probs.append(dist.log_prob(action))
        rewards.append(float(state.argmax() == action))
        state = torch.randn(3)

    R, returns = 0, []
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)

    policy_loss = []
    for log_prob, gain in zip(saved_log_probs, returns, strict=True):
        policy_loss.append(-log_prob * gain)
    loss = torch.stack(policy_loss).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
