"""A config whose numbers can be checked by hand, and a script that never clears."""

from __future__ import annotations

LINEAR = """\
model: [fc: "Linear(1, 1)"]
init: {fc.weight: [[-0.2505]], fc.bias: [0.9166]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data: {source: values, input: [[1], [2], [3]], target: [[1.5], [2.5], [3.5]]}
"""
NEVER_CLEARED = """\
import torch

torch.manual_seed(0)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(8):
    x, y = torch.randn(4, 3), torch.randn(4, 1)
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
"""
