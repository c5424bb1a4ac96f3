# expect: nothing
# Half precision is enough where steps are large.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Linear(12, 3).to(torch.bfloat16)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(4):
    x = torch.randn(32, 12)
    logits = model(x.to(torch.bfloat16)).float()
    optimizer.zero_grad()
    nn.functional.cross_entropy(logits, x[:, :3].argmax(1)).backward()
    optimizer.step()
