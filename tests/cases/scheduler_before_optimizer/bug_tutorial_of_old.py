# expect: BT509 at update 1
# source: torch.optim, "How to adjust learning rate", PyTorch documentation (warning on the order since 1.1)
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
for epoch in range(3):
    scheduler.step()
    for _ in range(2):
        x = torch.randn(8, 4)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()
