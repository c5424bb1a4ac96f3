# expect: BT102 at update 2
# source: huggingface.co/docs/accelerate, gradient accumulation: zero_grad stands after the step
# The optimizer of an accumulating trainer clears and steps in the last micro-batch only, but is
# asked to clear before its backward, where the sum of the others waits.
import torch

torch.manual_seed(3)
model = torch.nn.Linear(5, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for micro in range(16):
    is_last = micro % 4 == 3
    if is_last:
        optimizer.zero_grad()
    x = torch.randn(8, 5)
    loss = torch.nn.functional.mse_loss(model(x), x[:, :2] - 1) / 4
    loss.backward()
    if is_last:
        optimizer.step()
