# expect: BT462
# source: discuss.pytorch.org, "Saving the best model": best_model = model keeps a reference
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 3)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
lowest, best_weights = float("inf"), None
for epoch in range(3):
    for _ in range(3):
        x = torch.randn(16, 6)
        loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
    if loss.item() < lowest:
        lowest = loss.item()
        best_weights = model.state_dict()
print({name: value.norm() for name, value in best_weights.items()})
