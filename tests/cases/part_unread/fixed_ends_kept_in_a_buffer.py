# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical


class Rollout:
    def __init__(self, size):
        self.states, self.actions = torch.zeros(size, 3), torch.zeros(size, dtype=torch.long)
        self.rewards, self.values = torch.zeros(size), torch.zeros(size)
        self.dones, self.advantages = torch.zeros(size), torch.zeros(size)
        self.size, self.at = size, 0

    def add(self, state, action, reward, value, done):
        self.states[self.at] = state
        self.actions[self.at] = action
        self.rewards[self.at] = reward
        self.values[self.at] = value
        self.dones[self.at] = done
        self.at = (self.at + 1) % self.size

    def finish(self, last_value, gamma=0.99, gae_lambda=0.95):
        last_gae = 0
        for t in range(self.size - 1, -1, -1):
            following = last_value if t == self.size - 1 else self.values[t + 1]
            goes_on = 1 - self.dones[t]
            delta = self.rewards[t] + gamma * following * goes_on - self.values[t]
            last_gae = delta + gamma * gae_lambda * goes_on * last_gae
            self.advantages[t] = last_gae


def main():
    torch.manual_seed(2)
    actor, critic = nn.Linear(3, 2), nn.Linear(3, 1)
    optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
    rollout, state = Rollout(30), torch.randn(3)
    for _ in range(6):
        for step in range(30):
            with torch.no_grad():
                action = Categorical(logits=actor(state)).sample()
                value = critic(state).squeeze()
            reward = float((action == 1) == (state[0] > 0))
            rollout.add(state, action, reward, value, float(step % 5 == 4))
            state = torch.randn(3)
        rollout.finish(critic(state).item())
        chosen = Categorical(logits=actor(rollout.states)).log_prob(rollout.actions)
        loss = -(chosen * rollout.advantages).mean()
        returns = rollout.advantages + rollout.values
        loss = loss + nn.functional.mse_loss(critic(rollout.states).squeeze(1), returns)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


main()
