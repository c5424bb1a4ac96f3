"""Soft actor-critic on a line: a drawn push, two critics, and targets that follow slowly."""

import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

GAMMA, TAU, HEAT, START = 0.9, 0.05, 0.05, 32


def judge():
    return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))


def act(place):
    mean, spread = actor(place).chunk(2, 1)
    drawn = Normal(mean, F.softplus(spread) + 1e-3)
    raw = drawn.rsample()
    likely = drawn.log_prob(raw) - 2 * (0.6931 - raw - F.softplus(-2 * raw))
    return torch.tanh(raw), likely


torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 2))
critics = nn.ModuleList([judge(), judge()])
targets = copy.deepcopy(critics)
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-3)
critic_optimizer = torch.optim.Adam(critics.parameters(), lr=5e-3)
memory = []
place = 2 * torch.rand(1, 1) - 1
for step in range(200):
    with torch.no_grad():
        push, _ = act(place)
        following = place + 0.5 * push
    done = (following.abs() < 0.1).float()
    memory.append(torch.cat([place, push, -following.abs(), following, done], 1))
    place = 2 * torch.rand(1, 1) - 1 if done or following.abs() > 2 else following
    if len(memory) < START:
        continue
    batch = torch.cat(memory)[torch.randint(0, len(memory), (64,))]
    was, pushed, reward, then, ended = batch.split(1, 1)
    with torch.no_grad():
        push, likely = act(then)
        later = torch.min(*(each(torch.cat([then, push], 1)) for each in targets))
        goal = reward + GAMMA * (1 - ended) * (later - HEAT * likely)
    critic_loss = sum(F.mse_loss(each(torch.cat([was, pushed], 1)), goal) for each in critics)
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()
    push, likely = act(was)
    worth = torch.min(*(each(torch.cat([was, push], 1)) for each in critics))
    actor_loss = (HEAT * likely - worth).mean()
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()
    with torch.no_grad():
        for kept, now in zip(targets.parameters(), critics.parameters()):
            kept.lerp_(now, TAU)
