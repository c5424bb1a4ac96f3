# expect: BT462 at update 1
# source: stackoverflow.com, "DQN does not converge" (the target network was never updated)
import copy

import torch
from torch import nn

torch.manual_seed(0)
q_net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target_net = copy.deepcopy(q_net)
target_net.eval()
opt = torch.optim.Adam(q_net.parameters(), lr=1e-3)
for step in range(40):
    state, following = torch.randn(16, 4), torch.randn(16, 4)
    action, reward = torch.randint(2, (16, 1)), torch.randn(16)
    with torch.no_grad():
        wanted = reward + 0.9 * target_net(following).max(1).values
    loss = nn.functional.mse_loss(q_net(state).gather(1, action).squeeze(1), wanted)
    opt.zero_grad()
    loss.backward()
    opt.step()
