# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
characters = 5
blank = characters
model = nn.LSTM(6, characters + 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
ctc = nn.CTCLoss(blank=blank)
for _ in range(3):
    x = torch.randn(12, 4, 6)
    lengths = torch.tensor([2, 3, 1, 3])
    targets = torch.randint(0, 0 + characters, (4, 3))
    for row, length in enumerate(lengths):
        targets[row, length:] = blank
    log_probs = model(x)[0].log_softmax(-1)
    loss = ctc(log_probs, targets, torch.full((4,), 12), lengths)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
