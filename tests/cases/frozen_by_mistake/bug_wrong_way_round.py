# expect: BT205 at update 1
# source: Stack Overflow, "How to freeze all layers but the last one", conditions the wrong way round
import torch
from torch import nn


class Pretrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(6, 12)
        self.layer2 = nn.Linear(12, 12)
        self.fc = nn.Linear(12, 3)

    def forward(self, x):
        return self.fc(torch.relu(self.layer2(torch.relu(self.layer1(x)))))


torch.manual_seed(0)
model = Pretrained()
for name, param in model.named_parameters():
    if "fc" in name:
        param.requires_grad = False

trainable = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(trainable, lr=1e-3)
for _ in range(3):
    x, y = torch.randn(10, 6), torch.randint(3, (10,))
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
