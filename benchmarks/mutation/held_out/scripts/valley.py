"""Q-learning on a small grid, from a memory of moves, with a copy that is renewed now and then."""

import random
from collections import deque

import torch
import torch.nn.functional as F
from torch import nn

SIDE, GAMMA = 3, 0.9
MOVES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def walk(state, action):
    down, right = MOVES[action]
    row = min(max(state // SIDE + down, 0), SIDE - 1)
    column = min(max(state % SIDE + right, 0), SIDE - 1)
    done = (row, column) == (SIDE - 1, SIDE - 1)
    return row * SIDE + column, 1.0 if done else -0.05, done


def network():
    return nn.Sequential(nn.Linear(SIDE * SIDE, 48), nn.ReLU(), nn.Linear(48, 4))


torch.manual_seed(0)
random.seed(0)
seen = torch.eye(SIDE * SIDE)
online, behind = network(), network()
behind.load_state_dict(online.state_dict())
optimizer = torch.optim.Adam(online.parameters(), lr=5e-3)
memory = deque(maxlen=1000)
state = 0
for step in range(400):
    if random.random() < max(0.1, 1 - step / 250):
        action = random.randrange(4)
    else:
        with torch.no_grad():
            action = int(online(seen[state]).argmax())
    following, reward, done = walk(state, action)
    memory.append((state, action, reward, following, float(done)))
    state = 0 if done else following
    if len(memory) >= 64:
        states, actions, rewards, nexts, ends = zip(*random.sample(list(memory), 32))
        with torch.no_grad():
            after = behind(seen[list(nexts)]).max(1).values
            goal = torch.tensor(rewards) + GAMMA * (1 - torch.tensor(ends)) * after
        values = online(seen[list(states)])
        chosen = values.gather(1, torch.tensor(actions)[:, None]).squeeze(1)
        loss = F.smooth_l1_loss(chosen, goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if step % 20 == 19:
        behind.load_state_dict(online.state_dict())
