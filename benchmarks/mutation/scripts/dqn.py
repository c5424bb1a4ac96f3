"""Double DQN in a corridor: a replay memory, and a target network that follows slowly."""

import random
from collections import deque

import torch
import torch.nn.functional as F
from torch import nn

LENGTH, GAMMA, TAU = 6, 0.9, 0.05


def move(place, action):
    place = max(0, place + (1 if action else -1))
    done = place == LENGTH - 1
    return place, 1.0 if done else -0.1, done


def see(places):
    return F.one_hot(torch.tensor(places), LENGTH).float()


torch.manual_seed(0)
random.seed(0)
online = nn.Sequential(nn.Linear(LENGTH, 32), nn.ReLU(), nn.Linear(32, 2))
target = nn.Sequential(nn.Linear(LENGTH, 32), nn.ReLU(), nn.Linear(32, 2))
target.load_state_dict(online.state_dict())
optimizer = torch.optim.Adam(online.parameters(), lr=5e-3)
memory = deque(maxlen=500)
place = 0
for step in range(300):
    epsilon = max(0.1, 1 - step / 150)
    with torch.no_grad():
        greedy = int(online(see([place])).argmax())
    action = random.randrange(2) if random.random() < epsilon else greedy
    following, reward, done = move(place, action)
    memory.append((place, action, reward, following, float(done)))
    place = 0 if done else following
    if len(memory) < 32:
        continue
    places, actions, rewards, nexts, dones = zip(*random.sample(list(memory), 32))
    with torch.no_grad():
        best = online(see(nexts)).argmax(1, keepdim=True)
        after = target(see(nexts)).gather(1, best).squeeze(1)
        goal = torch.tensor(rewards) + GAMMA * (1 - torch.tensor(dones)) * after
    chosen = online(see(places)).gather(1, torch.tensor(actions)[:, None]).squeeze(1)
    loss = F.smooth_l1_loss(chosen, goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for kept, now in zip(target.parameters(), online.parameters()):
            kept.lerp_(now, TAU)
