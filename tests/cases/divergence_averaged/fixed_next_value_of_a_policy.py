# expect: nothing
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
states, next_states = torch.randn(400, 4), torch.randn(400, 4)
actions = torch.randint(0, 4, (400, 1))
rewards = (states.argmax(1, keepdim=True) == actions).float()
ends = (torch.rand(400, 1) < 0.1).float()


def network():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 4))


class Agent:
    def __init__(self):
        self.actor, self.critic = network(), network()
        self.critic_target = copy.deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)
        self.alpha = 0.1

    def chances(self, state):
        logits = self.actor(state)
        return F.softmax(logits, dim=1), F.log_softmax(logits, dim=1)

    def learn_critic(self, i):
        with torch.no_grad():
            action_probabilities, log_probabilities = self.chances(next_states[i])
            q_next = self.critic_target(next_states[i])
            value = action_probabilities * (q_next - self.alpha * log_probabilities)
            value = value.sum(dim=1, keepdim=True)
            target = rewards[i] + 0.95 * (1 - ends[i]) * value
        loss = F.mse_loss(self.critic(states[i]).gather(1, actions[i]), target)
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()

    def learn_actor(self, i):
        action_probabilities, log_probabilities = self.chances(states[i])
        with torch.no_grad():
            q = self.critic(states[i])
        inside = self.alpha * log_probabilities - q
        loss = (action_probabilities * inside).sum(dim=1).mean()
        self.actor_optimizer.zero_grad()
        loss.backward()
        self.actor_optimizer.step()


agent = Agent()
for step in range(60):
    i = torch.randint(0, 400, (64,))
    agent.learn_critic(i)
    agent.learn_actor(i)
    with torch.no_grad():
        for p, own in zip(agent.critic_target.parameters(), agent.critic.parameters()):
            p.mul_(0.99).add_(own, alpha=0.01)
