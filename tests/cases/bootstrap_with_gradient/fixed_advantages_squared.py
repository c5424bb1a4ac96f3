# expect: nothing
import torch
from torch import nn


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
        self.actor = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 2))

    def act(self, x):
        drawn = torch.distributions.Categorical(logits=self.actor(x))
        action = drawn.sample()
        return action, drawn.log_prob(action), self.critic(x).squeeze(-1)

    def losses(self, rewards, log_probs, values, masks, gamma=0.97, lam=0.95):
        advantages, gae = torch.zeros_like(rewards), 0.0
        for t in reversed(range(len(rewards) - 1)):
            delta = rewards[t] + gamma * masks[t] * values[t + 1] - values[t]
            gae = delta + gamma * lam * masks[t] * gae
            advantages[t] = gae
        critic = (values - (advantages + values).detach()).pow(2).mean()
        return critic, -(advantages.detach() * log_probs).mean()


torch.manual_seed(2)
agent = Agent()
optimizer = torch.optim.RMSprop(agent.parameters(), lr=5e-3)
for _ in range(6):
    state = torch.randn(8, 5)
    rewards, masks, log_probs, values = [], [], [], []
    for t in range(10):
        action, log_prob, value = agent.act(state)
        rewards.append((action == (state[:, 0] > 0)).float())
        masks.append((torch.rand(8) < 0.9).float())
        state = state + 0.3 * torch.randn(8, 5)
        log_probs.append(log_prob)
        values.append(value)
    both = [torch.stack(each) for each in (rewards, log_probs, values, masks)]
    critic, actor = agent.losses(*both)
    optimizer.zero_grad()
    (critic + actor).backward()
    optimizer.step()
