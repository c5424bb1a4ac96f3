# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(80, 6)
targets = (inputs[:, 0] > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head, self.drop = nn.Linear(6, 16), nn.Linear(16, 2), nn.Dropout(0.2)

    def forward(self, rows):
        return self.head(self.drop(torch.relu(self.body(rows))))

    def set_eval(self):
        self.train(mode=False)


model = Net()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for epoch in range(2):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.set_eval()
    print(nn.functional.cross_entropy(model(inputs[64:]), targets[64:]).item())
    model.train()
