# expect: BT105 at update 1
# source: torch.Tensor.backward, PyTorch documentation: gradients are accumulated in the leaves
import torch
from torch import nn

torch.manual_seed(0)


class TwoHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 20), nn.ReLU())
        self.cls = nn.Linear(20, 3)
        self.reg = nn.Linear(20, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.cls(h), self.reg(h).squeeze(1)


model = TwoHead()
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for it in range(5):
    x, c, r = torch.randn(16, 6), torch.randint(0, 3, (16,)), torch.randn(16)
    logits, value = model(x)
    cls_loss = nn.functional.cross_entropy(logits, c)
    reg_loss = nn.functional.smooth_l1_loss(value, r)
    opt.zero_grad()
    cls_loss.backward(retain_graph=True)
    loss = cls_loss + 0.5 * reg_loss
    loss.backward()
    opt.step()
    print(it, loss.item())
