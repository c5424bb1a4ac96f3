# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
drawn = torch.randint(0, 4, (256,))
points = corners[drawn] + 0.08 * torch.randn(256, 2)
answers = torch.tensor([[0.0], [1.0], [1.0], [0.0]])[drawn]

model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(30):
    for rows in torch.randperm(len(points)).split(32):
        optimizer.zero_grad()
        loss = criterion(model(points[rows]), answers[rows])
        loss.backward()
        optimizer.step()
