# expect: nothing
# A copy is loaded once, follows by a tenth at each step, and is called at the end alone.
import torch
from torch import nn

torch.manual_seed(3)
model, average = nn.Linear(6, 3), nn.Linear(6, 3)
average.load_state_dict(model.state_dict())
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(30):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(model(x), x[:, :3].argmin(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for mean, p in zip(average.parameters(), model.parameters()):
            mean.lerp_(p, 0.3)
average.eval()
with torch.no_grad():
    print(average(torch.randn(4, 6)))
