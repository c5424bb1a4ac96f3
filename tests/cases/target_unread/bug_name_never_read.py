# expect: BT606 at update 1
# source: Mnih et al., "Human-level control through deep reinforcement learning", 2015, algorithm 1: targets of Q-hat
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
gamma = 0.95


def make_net():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))


policy_net, target_net = make_net(), make_net()
target_net.load_state_dict(policy_net.state_dict())
optimizer = torch.optim.Adam(policy_net.parameters(), lr=1e-3)


def optimize(states, actions, rewards, next_states, done):
    said = policy_net(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        next_target_values = target_net(next_states).max(1).values
        next_values = policy_net(next_states).max(1).values
    expected = rewards + gamma * next_values * (1 - done)
    loss = F.smooth_l1_loss(said, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for step in range(8):
    states, next_states = torch.randn(32, 4), torch.randn(32, 4)
    done = (torch.rand(32) < 0.1).float()
    optimize(states, torch.randint(0, 3, (32, 1)), states[:, 0], next_states, done)
    if step % 4 == 3:
        target_net.load_state_dict(policy_net.state_dict())
