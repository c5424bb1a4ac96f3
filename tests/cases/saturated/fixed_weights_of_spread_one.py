# expect: nothing
# source: "Understanding the difficulty of training deep feedforward neural networks", X. Glorot, Y. Bengio, 2010
import torch
from torch import nn

torch.manual_seed(0)


class Policy(nn.Module):
    def __init__(self, inputs=128, hidden=128, actions=3):
        super().__init__()
        self.one, self.two = nn.Linear(inputs, hidden), nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, actions)
        for layer in (self.one, self.two):
            nn.init.xavier_normal_(layer.weight)

    def forward(self, x):
        return self.out(torch.tanh(self.two(torch.tanh(self.one(x)))))


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for _ in range(3):
    x = torch.randn(32, 128)
    loss = nn.functional.cross_entropy(policy(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
