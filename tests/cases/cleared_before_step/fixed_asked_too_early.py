# expect: nothing
import torch

torch.manual_seed(3)
model = torch.nn.Linear(5, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for micro in range(16):
    is_last = micro % 4 == 3
    x = torch.randn(8, 5)
    loss = torch.nn.functional.mse_loss(model(x), x[:, :2] - 1) / 4
    loss.backward()
    if is_last:
        optimizer.step()
        optimizer.zero_grad()
