# expect: BT495 at update 1
# source: github.com/IntelLabs/distiller, issue 122: the distillation loss lacks the square of the temperature
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class SoftTargets(nn.Module):
    def __init__(self, temperature):
        super().__init__()
        self.temperature = temperature

    def forward(self, told, taught):
        said = F.log_softmax(told / self.temperature, dim=1)
        meant = F.softmax(taught / self.temperature, dim=1)
        return F.kl_div(said, meant, reduction="batchmean")


teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)).eval()
teacher.requires_grad_(False)
student = nn.Linear(8, 3)
soft = SoftTargets(temperature=4.0)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(32, 8)
    y = x[:, :3].argmax(1)
    told = student(x)
    loss = 0.3 * F.cross_entropy(told, y) + 0.7 * soft(told, teacher(x))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
