# expect: nothing
# A target network's values carry a graph: what it costs is lost, and nothing is learned wrongly.
# source: https://github.com/seungeunrho/minimalRL/blob/master/dqn.py
import torch
from torch import nn
from torch.nn.functional import smooth_l1_loss

torch.manual_seed(0)


class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 32), nn.Linear(32, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def main():
    q, q_target = Q(), Q()
    for _ in range(3):  # while the memory fills
        q_target.load_state_dict(q.state_dict())
    opt = torch.optim.Adam(q.parameters(), lr=1e-3)
    for step in range(20):
        s, s2 = torch.randn(32, 4), torch.randn(32, 4)
        a, r = torch.randint(2, (32, 1)), torch.randn(32, 1)
        target = r + 0.98 * q_target(s2).max(1)[0].unsqueeze(1)
        loss = smooth_l1_loss(q(s).gather(1, a), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 8 == 7:
            q_target.load_state_dict(q.state_dict())


main()
