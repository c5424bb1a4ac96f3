# expect: BT201 at update 3
# source: discuss.pytorch.org, "How to unfreeze layers and add them to the optimizer"
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential()
model.add_module("features", nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16)))
model.add_module("head", nn.Linear(16, 2))
for p in model.features.parameters():
    p.requires_grad = False

optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=1e-2)
loss_fn = nn.CrossEntropyLoss()
xs, ys = torch.randn(40, 8), torch.randint(0, 2, (40,))

for epoch in range(2):
    if epoch == 1:
        print("now fine-tuning everything")
        for p in model.features.parameters():
            p.requires_grad = True
    for k in range(2):
        loss = loss_fn(model(xs[k * 20 : k * 20 + 20]), ys[k * 20 : k * 20 + 20])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
