# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(256, 12)
y = (x @ torch.randn(12, 3)).argmax(1)


class Recognizer(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 24))
        self.head = nn.Linear(24, 3)

    def forward(self, x):
        features = self.backbone(x)
        return self.head(features), features


model = Recognizer()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(4):
    for i in range(0, 256, 64):
        scores, features = model(x[i : i + 64])
        loss_cls = F.cross_entropy(scores, y[i : i + 64])
        loss_aux = F.cross_entropy(features[:, :3], y[i : i + 64])
        total_loss = loss_cls + 0.5 * loss_aux
        optimizer.zero_grad()
        total_loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {total_loss.item():.4f}, {loss_aux.item():.4f} of it auxiliary")
