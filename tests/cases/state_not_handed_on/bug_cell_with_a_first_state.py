# expect: BT437 at update 1
# source: "NLP From Scratch: Translation with a Sequence to Sequence Network and Attention", PyTorch tutorials
# A cell goes on from the state that an image gave, at each word anew.
import torch
from torch import nn

torch.manual_seed(1)
first, cell, head = nn.Linear(10, 16), nn.LSTMCell(4, 16), nn.Linear(16, 4)
model = nn.ModuleList([first, cell, head])
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(6):
    image, words = torch.randn(8, 10), torch.randn(8, 7, 4)
    state = first(image).tanh()
    memory = torch.zeros_like(state)
    outputs = []
    for word in words.unbind(1):
        hidden, kept = cell(word, (state, memory))
        outputs.append(head(hidden))
    loss = nn.functional.mse_loss(torch.stack(outputs, 1), words.cumsum(1) / 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
