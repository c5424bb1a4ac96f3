# expect: BT602 at update 3
# line: relu6(gate
# source: torch.nn.ReLU6, PyTorch documentation
# A gate of raw magnitudes goes through a ReLU6, all of it above six.
import torch
from torch import nn

torch.manual_seed(4)
body, gate, head = nn.Linear(8, 16), nn.Linear(4, 16), nn.Linear(16, 3)
nn.init.uniform_(gate.weight, 0.1, 0.5)
parameters = [*body.parameters(), *gate.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-3)
for _ in range(8):
    x, magnitudes = torch.randn(32, 8), 50 + 10 * torch.rand(32, 4)
    opened = nn.functional.relu6(gate(magnitudes))
    logits = head(torch.tanh(body(x)) * opened)
    loss = nn.functional.cross_entropy(logits, (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
