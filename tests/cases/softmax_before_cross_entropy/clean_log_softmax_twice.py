# expect: nothing
import torch
import torch.nn as nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3), nn.LogSoftmax(dim=1))
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(10, 6)
    opt.zero_grad()
    loss_fn(model(x), x[:, :3].argmax(1)).backward()
    opt.step()
