# expect: nothing
# source: https://github.com/ewrfcas/face_attribute_classification_pytorch/issues/1
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(4, 16), nn.Linear(16, 2)
        self.after = nn.ModuleList([nn.ReLU(), nn.Dropout(0.5)])

    def forward(self, x):
        x = self.body(x)
        for layer in self.after:
            x = layer(x)
        return self.head(x)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    model.train()
    x = torch.randn(16, 4)
    loss = F.cross_entropy(model(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        print(model(x).argmax(1).float().mean().item())
