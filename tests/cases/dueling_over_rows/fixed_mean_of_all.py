# expect: nothing
import random

import torch
from torch import nn


class DuelingDQN(nn.Module):
    def __init__(self, states, actions):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(states, 32), nn.ReLU())
        self.fc_val = nn.Linear(32, 1)
        self.fc_adv = nn.Linear(32, actions)

    def forward(self, x):
        hidden = self.body(x)
        val, adv = self.fc_val(hidden), self.fc_adv(hidden)
        return val + adv - adv.mean(dim=1, keepdim=True)


def main():
    random.seed(0)
    torch.manual_seed(0)
    net, target = DuelingDQN(4, 3), DuelingDQN(4, 3)
    target.load_state_dict(net.state_dict())
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    memory, state = [], torch.randn(4)
    for step in range(60):
        with torch.no_grad():
            action = int(net(state[None]).argmax(1)) if random.random() > 0.2 else step % 3
        following, done = torch.randn(4), float(step % 9 == 8)
        memory.append((state, action, float(action == int(state[0] > 0)), following, done))
        state = following
        if len(memory) < 16:
            continue
        states, actions, rewards, nexts, dones = zip(*random.sample(memory, 16), strict=True)
        with torch.no_grad():
            best = target(torch.stack(nexts)).amax(1)
        wanted = torch.tensor(rewards) + 0.99 * best * (1 - torch.tensor(dones))
        chosen = net(torch.stack(states)).gather(1, torch.tensor(actions)[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(chosen, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            target.load_state_dict(net.state_dict())


main()
