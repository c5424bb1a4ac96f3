# expect: BT552 at update 1
# source: github.com/datawhalechina/easy-rl, issue 95
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)


class QNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 24)
        self.value = nn.Linear(24, 1)
        self.advantage = nn.Linear(24, 4)

    def forward(self, observations):
        features = F.relu(self.layer(observations))
        value = self.value(features)
        advantage = self.advantage(features)
        mean = torch.mean(advantage, dim=0, keepdim=True)
        return value.expand_as(advantage) + (advantage - mean)


online, frozen = QNetwork(), QNetwork()
frozen.load_state_dict(online.state_dict())
optimizer = torch.optim.RMSprop(online.parameters(), lr=1e-3)
for _ in range(20):
    observations, following = torch.randn(32, 6), torch.randn(32, 6)
    actions = torch.randint(4, (32, 1))
    rewards = (actions[:, 0] == observations[:, :4].argmax(1)).float()
    ends = (torch.rand(32) < 0.1).float()
    with torch.no_grad():
        best = online(following).argmax(1, keepdim=True)
        target = rewards + 0.9 * (1 - ends) * frozen(following).gather(1, best).squeeze(1)
    loss = F.mse_loss(online(observations).gather(1, actions).squeeze(1), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
