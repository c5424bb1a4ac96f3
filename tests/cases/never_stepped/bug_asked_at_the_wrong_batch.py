# expect: BT213 at update 1
# needs: accelerate
# source: "Performing gradient accumulation with Accelerate", Accelerate documentation
import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=4)
x = torch.randn(256, 6)
loader = DataLoader(TensorDataset(x, (x[:, 0] > x[:, 1]).long()), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for epoch in range(3):
    for step, (features, labels) in enumerate(loader):
        with accelerator.accumulate(model):
            accelerator.backward(nn.functional.cross_entropy(model(features), labels))
            if step % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
