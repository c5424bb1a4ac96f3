# expect: nothing
import torch
from torch import nn


class Walks:
    """Rows of seven places, of which the last ends an episode; another begins by itself."""

    def __init__(self, count):
        self.at = torch.zeros(count, dtype=torch.long)

    def step(self, actions):
        self.at = (self.at + actions).clamp(max=6)
        dones = (self.at == 6).float()
        rewards = dones - 0.1
        self.at = torch.where(dones > 0, torch.zeros_like(self.at), self.at)
        return self.look(), rewards, dones

    def look(self):
        return nn.functional.one_hot(self.at, 7).float()


torch.manual_seed(0)
gamma, lam, steps = 0.99, 0.65, 24
envs = Walks(4)
q_network = nn.Linear(7, 2)
optimizer = torch.optim.Adam(q_network.parameters(), lr=3e-3)
obs, done = envs.look(), torch.zeros(4)
for _ in range(6):
    states = torch.zeros(steps, 4, 7)
    actions = torch.zeros(steps, 4, dtype=torch.long)
    values, rewards, dones = (torch.zeros(steps, 4) for _ in range(3))
    for t in range(steps):
        with torch.no_grad():
            q_values = q_network(obs)
        is_random = torch.rand(4) < 0.3
        states[t], dones[t] = obs, done
        values[t] = q_values.max(-1).values
        actions[t] = torch.where(is_random, torch.randint(0, 2, (4,)), q_values.argmax(-1))
        obs, rewards[t], done = envs.step(actions[t])
    with torch.no_grad():
        last_value = q_network(obs).max(-1).values
    returns = torch.zeros(steps, 4)
    for t in reversed(range(steps)):
        if t == steps - 1:
            returns[t] = rewards[t] + gamma * last_value * (1.0 - done)
        else:
            nextnonterminal = 1.0 - dones[t + 1]
            returns[t] = rewards[t] + gamma * (
                (lam * returns[t + 1] + (1 - lam) * values[t + 1]) * nextnonterminal
            )
    chosen = q_network(states).gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    loss = nn.functional.mse_loss(chosen, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
