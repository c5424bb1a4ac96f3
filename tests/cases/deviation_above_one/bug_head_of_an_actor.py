# expect: BT551 at update 1
# also: BT504
# source: github.com/sweetice/Deep-reinforcement-learning-with-pytorch, Char09 SAC/SAC.py
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self, states, actions):
        super().__init__()
        self.fc = nn.Linear(states, 32)
        self.mu_head = nn.Linear(32, actions)
        self.log_std_head = nn.Linear(32, actions)

    def forward(self, state):
        hidden = F.relu(self.fc(state))
        mu = self.mu_head(hidden)
        log_std_head = F.relu(self.log_std_head(hidden))
        log_std_head = torch.clamp(log_std_head, -20, 2)
        return mu, log_std_head


class Critic(nn.Module):
    def __init__(self, states, actions):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(states + actions, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, state, action):
        return self.layers(torch.cat([state, action], 1)).squeeze(1)


def act(actor, state):
    mu, log_sigma = actor(state)
    choice = Normal(mu, torch.exp(log_sigma))
    drawn = choice.rsample()
    action = torch.tanh(drawn)
    log_prob = choice.log_prob(drawn) - torch.log(1 - action.pow(2) + 1e-6)
    return action, log_prob.sum(1)


def main():
    torch.manual_seed(0)
    actor, critic = Actor(3, 2), Critic(3, 2)
    actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-3)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
    for _ in range(20):
        states = torch.randn(32, 3)
        with torch.no_grad():
            tried, _ = act(actor, states)
            rewards = -(tried - states[:, :2].tanh()).pow(2).sum(1)
        critic_loss = F.mse_loss(critic(states, tried), rewards)
        critic_optimizer.zero_grad()
        critic_loss.backward()
        critic_optimizer.step()
        actions, log_prob = act(actor, states)
        actor_loss = (0.1 * log_prob - critic(states, actions)).mean()
        actor_optimizer.zero_grad()
        actor_loss.backward()
        actor_optimizer.step()


main()
