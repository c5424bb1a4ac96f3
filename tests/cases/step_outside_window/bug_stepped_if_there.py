# expect: BT488 at update 1
# source: https://github.com/thunlp/OpenPrompt/issues/106
import torch
from torch import nn

torch.manual_seed(0)
gradient_accumulation_steps = 4
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
for step in range(1, 17):
    x = torch.randn(4, 8)
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
    loss = loss / gradient_accumulation_steps
    loss.backward()
    if step % gradient_accumulation_steps == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if optimizer is not None:
        optimizer.step()
        optimizer.zero_grad()
