# expect: BT206 at update 5
# source: DQN re-implementations, load_state_dict between policy and target net the wrong way round
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def make_net():
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))


policy, target = make_net(), make_net()
target.load_state_dict(policy.state_dict())
optimizer = torch.optim.RMSprop(policy.parameters(), lr=1e-3)
for step in range(8):
    s, a, r, s2 = torch.randn(8, 4), torch.randint(2, (8, 1)), torch.randn(8), torch.randn(8, 4)
    q = policy(s).gather(1, a).squeeze(1)
    with torch.no_grad():
        expected = r + 0.9 * target(s2).max(1).values
    loss = F.smooth_l1_loss(q, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 2 == 1:
        policy.load_state_dict(target.state_dict())
