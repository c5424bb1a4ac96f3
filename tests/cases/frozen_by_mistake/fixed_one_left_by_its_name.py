# expect: nothing
# source: https://github.com/aigc-apps/EasyAnimate/issues/99
# All is frozen, and all that is named is to be trained, also what stands at the top.
import torch
from torch import nn

torch.manual_seed(0)


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.absent = nn.Parameter(torch.zeros(6))
        self.inner, self.outer = nn.Linear(6, 16), nn.Linear(16, 16)
        self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 3)

    def forward(self, x, is_there):
        x = torch.where(is_there[:, None], x, self.absent)
        return self.head(self.norm(torch.relu(self.outer(torch.relu(self.inner(x))))))


model = Mixer()
model.requires_grad_(False)
trained = []
for name, parameter in model.named_parameters():
    if "." in name or name == "absent":
        parameter.requires_grad = True
        trained.append(parameter)
optimizer = torch.optim.AdamW(trained, lr=1e-2)
for _ in range(8):
    x, is_there = torch.randn(32, 6), torch.rand(32) < 0.7
    target = torch.where(is_there, x[:, :3].argmax(1), 2)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x, is_there), target).backward()
    optimizer.step()
