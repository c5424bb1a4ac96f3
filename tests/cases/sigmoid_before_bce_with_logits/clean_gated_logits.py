# expect: nothing
import torch
import torch.nn as nn


class GLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.out = nn.Linear(4, 8), nn.Linear(4, 8), nn.Linear(8, 1)

    def forward(self, x):
        return self.out(self.a(x) * torch.sigmoid(self.b(x)))


torch.manual_seed(0)
model, loss_fn = GLU(), nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0]))
opt = torch.optim.Adam(model.parameters())
for _ in range(4):
    x = torch.randn(20, 4)
    loss = loss_fn(model(x), (x[:, :1] > 1).float())
    opt.zero_grad()
    loss.backward()
    opt.step()
