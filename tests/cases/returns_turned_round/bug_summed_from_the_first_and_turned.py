# expect: BT465 at update 1
# source: github.com/udacity/deep-reinforcement-learning, issue 42
import torch
from torch import nn
from torch.distributions import Categorical


class PolicyNetwork(nn.Module):
    def __init__(self, observations, actions):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(observations, 16), nn.ReLU(), nn.Linear(16, actions), nn.Softmax(dim=-1)
        )

    def forward(self, x):
        return self.layers(x)


def compute_returns(rewards, gamma):
    discounted = []
    running = 0.0
    for t in range(len(rewards)):
        running = rewards[t] + gamma * running
        discounted.insert(0, running)
    return torch.tensor(discounted)


def run_episode(policy):
    log_probs, rewards, state = [], [], torch.randn(4)
    for step in range(15):
        choice = Categorical(policy(state))
        action = choice.sample()
        log_probs.append(choice.log_prob(action))
        rewards.append(1.0 if int(action) == step % 2 else 0.0)
        state = torch.randn(4)
    return log_probs, rewards


def main():
    torch.manual_seed(0)
    policy = PolicyNetwork(4, 2)
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
    for _ in range(8):
        log_probs, rewards = run_episode(policy)
        returns = compute_returns(rewards, 0.99)
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
        loss = -(torch.stack(log_probs) * returns).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


main()
