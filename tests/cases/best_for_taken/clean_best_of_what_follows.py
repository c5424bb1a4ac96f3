# expect: nothing
# The best value is that of the state after: what is learned is the value of the state before it.
import torch
from torch import nn

torch.manual_seed(0)
q_net, v_net = nn.Linear(4, 2), nn.Linear(4, 1)
optimizer = torch.optim.SGD([*q_net.parameters(), *v_net.parameters()], lr=1e-2)
for _ in range(20):
    states, next_states = torch.randn(32, 4), torch.randn(32, 4)
    actions = torch.randint(2, (32, 1))
    rewards = (actions[:, 0] == (states[:, 0] > 0)).float()
    with torch.no_grad():
        target = rewards + 0.9 * q_net(next_states).max(1).values
    values = q_net(states).gather(1, actions).squeeze(1)
    best = q_net(states).max(1).values.detach()
    loss = nn.functional.mse_loss(values, target)
    loss = loss + nn.functional.mse_loss(v_net(states).squeeze(1), best)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
