# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.GELU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
accumulate = 4

for update in range(5):
    micro_losses = []
    for _ in range(accumulate):
        x = torch.randn(6, 8)
        loss = F.cross_entropy(model(x), x[:, :3].argmax(1)) / accumulate
        loss.backward()
        micro_losses.append(loss)
    optimizer.step()
    optimizer.zero_grad()
    print(update, torch.stack(micro_losses).sum().item())
