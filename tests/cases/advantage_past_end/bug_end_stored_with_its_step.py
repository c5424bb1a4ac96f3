# expect: BT558 at update 1
# source: https://github.com/DLR-RM/stable-baselines3/issues/105
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
STEPS = 24


class Walk:
    def __init__(self):
        self.at = 0

    def look(self):
        return nn.functional.one_hot(torch.tensor(self.at), 6).float()

    def step(self, action):
        self.at += action
        done = self.at == 5
        self.at = 0 if done else self.at
        return self.look(), float(done), float(done)


class Rollout:
    def __init__(self):
        self.rows = []

    def add(self, obs, action, reward, done, value):
        self.rows.append((obs, action, reward, done, value))

    def finish(self, last_value, last_done, gamma=0.9, lam=0.95):
        obs, actions, rewards, dones, values = zip(*self.rows)
        advantages, running = torch.zeros(STEPS), 0.0
        for t in reversed(range(STEPS)):
            following = last_value if t == STEPS - 1 else values[t + 1]
            goes_on = 1.0 - last_done if t == STEPS - 1 else 1.0 - dones[t + 1]
            delta = rewards[t] + gamma * following * goes_on - values[t]
            running = delta + gamma * lam * goes_on * running
            advantages[t] = running
        return (
            torch.stack(obs),
            torch.tensor(actions),
            advantages,
            advantages + torch.tensor(values),
        )


actor, critic = nn.Linear(6, 2), nn.Linear(6, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-2)
env = Walk()
obs, done = env.look(), 0.0
for _ in range(8):
    rollout = Rollout()
    for _ in range(STEPS):
        began = done
        with torch.no_grad():
            action, value = Categorical(logits=actor(obs)).sample().item(), critic(obs).item()
        following, reward, done = env.step(action)
        rollout.add(obs, action, reward, done, value)
        obs = following
    with torch.no_grad():
        last = critic(obs).item()
    seen, actions, advantages, returns = rollout.finish(last, done)
    chosen = Categorical(logits=actor(seen)).log_prob(actions)
    value_loss = nn.functional.mse_loss(critic(seen).squeeze(1), returns)
    loss = value_loss - (chosen * advantages).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
