# expect: BT302 at update 4
# source: PyTorch Lightning documentation, "Manage memory: detach what training_step returns"
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.BCEWithLogitsLoss()
all_logits, all_labels = [], []

for batch in range(6):
    x = torch.randn(10, 6)
    y = (x[:, :1] > 0).float()
    logits = model(x)
    loss = criterion(logits, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    all_logits.append(logits)
    all_labels.append(y)

accuracy = ((torch.cat(all_logits) > 0).float() == torch.cat(all_labels)).float().mean()
print(f"train accuracy {accuracy:.2f}")
