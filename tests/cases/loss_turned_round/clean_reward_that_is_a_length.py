# expect: nothing
# What is called a reward is the length of a tour, which is to be short.
import torch
from torch import nn
from torch.distributions import Categorical


def tour_length(steps):
    return steps.float() * 2 + 1


torch.manual_seed(0)
policy, critic = nn.Linear(4, 2), nn.Linear(4, 1)
parameters = [*policy.parameters(), *critic.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.05)
for _ in range(6):
    cities = torch.randn(16, 4)
    dist = Categorical(logits=policy(cities))
    action = dist.sample()
    guess = critic(cities).squeeze(1)
    reward = tour_length(action)
    act_loss = ((reward - guess.detach()) * dist.log_prob(action)).mean()
    loss = act_loss + nn.functional.mse_loss(guess, reward)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
