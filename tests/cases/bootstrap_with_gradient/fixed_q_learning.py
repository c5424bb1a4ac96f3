# expect: nothing
# Q-learning whose target comes from the net that is trained, under no_grad.
import torch
from torch import nn

torch.manual_seed(21)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(6):
    state, following = torch.randn(32, 5), torch.randn(32, 5)
    action, reward = torch.randint(0, 2, (32, 1)), torch.randn(32)
    done = (torch.rand(32) < 0.1).float()
    value = net(state).gather(1, action).squeeze(1)
    with torch.no_grad():
        best = net(following).max(1).values
    loss = nn.functional.smooth_l1_loss(value, reward + 0.9 * best * (1 - done))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
