# expect: BT229 at update 1
# source: https://github.com/hash2430/pitchtron/issues/3
# A sign that is to let gradients through is a module of its own, beside the model.
import torch
from torch import nn

torch.manual_seed(4)


class Sign(nn.Module):
    @staticmethod
    def backward(gradient):
        return gradient.clamp(-1, 1)

    def forward(self, x):
        return torch.sign(x) + 0.1 * x


sign, body, top = Sign(), nn.Linear(6, 24), nn.Linear(24, 2)
optimizer = torch.optim.SGD([*body.parameters(), *top.parameters()], lr=0.05)
for _ in range(6):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(top(sign(body(x))), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
