# expect: BT103 at update 2
# source: PyTorch tutorial "NLP From Scratch: Translation" comments: both optimizers must be zeroed
from types import SimpleNamespace

import torch
from torch import nn

cfg = SimpleNamespace(hidden=12, lr=0.02, steps=5)
torch.manual_seed(7)

encoder = nn.GRU(4, cfg.hidden, batch_first=True)
decoder = nn.Linear(cfg.hidden, 4)
encoder_optimizer = torch.optim.SGD(encoder.parameters(), lr=cfg.lr)
decoder_optimizer = torch.optim.SGD(decoder.parameters(), lr=cfg.lr)
criterion = nn.MSELoss()
sequences = torch.randn(cfg.steps, 8, 6, 4)


def train(batch):
    encoder_optimizer.zero_grad()
    hidden, _ = encoder(batch[:, :-1])
    loss = criterion(decoder(hidden), batch[:, 1:])
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item()


for batch in sequences:
    print(train(batch))
