# expect: BT305 at update 5
# source: torch.nn.Module.train, PyTorch documentation: "mode (bool): whether to set training mode (True) or evaluation mode (False)"
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(80, 6)
targets = (inputs[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(6, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)


def evaluate():
    model.train(False)
    with torch.no_grad():
        print((model(inputs[64:]).argmax(1) == targets[64:]).float().mean())


for epoch in range(2):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    evaluate()
