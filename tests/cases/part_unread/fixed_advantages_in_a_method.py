# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)


class Walk:
    def reset(self):
        self.place, self.moves = torch.randn(4), 0
        return self.place

    def step(self, action):
        reward = float((action == 1) == bool(self.place[0] > 0))
        self.place, self.moves = torch.randn(4), self.moves + 1
        return self.place, reward, self.moves >= 7


class Agent:
    def __init__(self):
        self.policy, self.critic = nn.Linear(4, 2), nn.Linear(4, 1)
        both = [*self.policy.parameters(), *self.critic.parameters()]
        self.optimizer = torch.optim.Adam(both, lr=3e-3)
        self.gamma, self.lam = 0.99, 0.95

    def compute_gae(self, rewards, values, dones, next_value):
        advantages, gae = [], 0.0
        values = [*values, next_value]
        for step in reversed(range(len(rewards))):
            goes_on = 1 - dones[step]
            delta = rewards[step] + self.gamma * values[step + 1] * goes_on - values[step]
            gae = delta + self.gamma * self.lam * goes_on * gae
            advantages.insert(0, gae)
        return torch.tensor(advantages)

    def update(self, states, actions, advantages, returns):
        chosen = Categorical(logits=self.policy(states)).log_prob(actions)
        loss = -(chosen * advantages).mean()
        loss = loss + nn.functional.mse_loss(self.critic(states).squeeze(1), returns)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


env, agent = Walk(), Agent()
state = env.reset()
for _ in range(6):
    states, actions, rewards, values, dones = [], [], [], [], []
    for _ in range(32):
        with torch.no_grad():
            action = Categorical(logits=agent.policy(state)).sample()
            value = agent.critic(state).item()
        following, reward, done = env.step(int(action))
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        values.append(value)
        dones.append(done)
        state = env.reset() if done else following
    with torch.no_grad():
        last = agent.critic(state).item()
    advantages = agent.compute_gae(rewards, values, dones, last)
    returns = advantages + torch.tensor(values)
    agent.update(torch.stack(states), torch.stack(actions), advantages, returns)
