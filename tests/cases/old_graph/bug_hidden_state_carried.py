# expect: BT307 at update 2
# source: PyTorch examples, word_language_model (repackage_hidden); the error "Trying to backward through the graph a second time" of torch.autograd
# ends: RuntimeError
import torch
from torch import nn

torch.manual_seed(0)
lstm = nn.LSTM(5, 8, batch_first=True)
readout = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=1e-2)
series = torch.randn(4, 24, 5)
state = None
for start in range(0, 24, 6):
    chunk = series[:, start : start + 6]
    out, state = lstm(chunk, state)
    loss = ((readout(out) - chunk.sum(-1, keepdim=True)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
