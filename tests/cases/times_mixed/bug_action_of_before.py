# expect: BT559 at update 1
# source: https://github.com/cyoon1729/Policy-Gradient-Methods/blob/master/td3/td3.py
import copy

import torch
from torch import nn
from torch.nn import functional as F


class Agent:
    def __init__(self, gamma=0.95, tau=0.05):
        self.actor = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
        self.actor_target = copy.deepcopy(self.actor)
        self.critic_target = copy.deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)
        self.gamma, self.tau = gamma, tau

    def train(self, batch):
        with torch.no_grad():
            noise = (0.1 * torch.randn_like(batch["act"])).clamp(-0.3, 0.3)
            next_action = (self.actor_target(batch["obs"]) + noise).clamp(-1, 1)
            target_q = self.critic_target(torch.cat([batch["next_obs"], next_action], dim=1))
            target_q = batch["rew"] + self.gamma * (1 - batch["done"]) * target_q
        current_q = self.critic(torch.cat([batch["obs"], batch["act"]], dim=1))
        critic_loss = F.mse_loss(current_q, target_q)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        action = self.actor(batch["obs"])
        actor_loss = -self.critic(torch.cat([batch["obs"], action], dim=1)).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        self.renew(self.actor, self.actor_target)
        self.renew(self.critic, self.critic_target)

    def renew(self, net, target):
        for p, kept in zip(net.parameters(), target.parameters()):
            kept.data.copy_(self.tau * p.data + (1 - self.tau) * kept.data)


torch.manual_seed(0)
agent = Agent()
for _ in range(8):
    obs, act = torch.randn(32, 4), torch.rand(32, 2) * 2 - 1
    next_obs = 0.9 * obs + 0.1 * torch.cat([act, act], 1)
    rew = -next_obs.square().mean(1, keepdim=True)
    done = (torch.rand(32, 1) < 0.05).float()
    agent.train({"obs": obs, "act": act, "rew": rew, "next_obs": next_obs, "done": done})
