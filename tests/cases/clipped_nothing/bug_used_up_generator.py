# expect: BT112 at update 2
# source: torch.nn.utils.clip_grad_norm_ documentation: an empty generator is not clipped
import torch
from torch import nn

torch.manual_seed(1)
model = nn.GRU(3, 8, batch_first=True)
params = model.parameters()
optimizer = torch.optim.SGD(params, lr=0.5)
for x in torch.randn(5, 6, 7, 3):
    out, _ = model(x)
    loss = out[:, -1].sub(x.mean(dim=(1, 2)).unsqueeze(1)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params, 0.1)
    optimizer.step()
