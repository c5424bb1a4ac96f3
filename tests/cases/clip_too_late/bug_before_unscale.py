# expect: BT107 at update 1
# source: PyTorch documentation, AMP examples, "Gradient clipping": unscale_ before clip_grad_norm_
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
data = torch.randn(4, 32, 10)

for x in data:
    optimizer.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(model(x), x[:, :5].argmax(dim=1))
    scaler.scale(loss).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
