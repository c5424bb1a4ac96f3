# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
MASK, WORDS = 0, 20
texts = torch.randint(1, WORDS, (64, 8))
model = nn.Sequential(nn.Embedding(WORDS, 16), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, WORDS))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for start in range(0, 64, 16):
        ids = texts[start : start + 16].clone()
        labels = ids.clone()
        hidden = torch.rand(ids.shape) < 0.15
        ids[hidden] = MASK
        loss = nn.functional.cross_entropy(model(ids)[hidden], labels[hidden])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
