# expect: nothing
# Five captions of one image, each gone through in one call from the state that the image gave.
import torch
from torch import nn

torch.manual_seed(3)
first, lstm, head = nn.Linear(10, 16), nn.GRU(4, 16, batch_first=True), nn.Linear(16, 4)
model = nn.ModuleList([first, lstm, head])
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(6):
    state = first(torch.randn(8, 10)).tanh().unsqueeze(0)
    loss = torch.zeros(())
    for _ in range(5):
        words = torch.randn(8, 6, 4)
        outputs, _ = lstm(words, state)
        loss = loss + nn.functional.mse_loss(head(outputs), words.cumsum(1) / 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
