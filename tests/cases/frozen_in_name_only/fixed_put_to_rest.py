# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
STOP_ENCODER_TRAINING = 10
encoder = nn.Sequential(nn.Embedding(20, 16), nn.Flatten(), nn.Dropout(0.1), nn.Linear(64, 16))
decoder = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.AdamW([*encoder.parameters(), *decoder.parameters()], lr=3e-3)
for step in range(40):
    if step == STOP_ENCODER_TRAINING:
        print(f"step {step}: the encoder is done")
        encoder.train(False)
        encoder.requires_grad_(False)
    ids = torch.randint(0, 20, (32, 4))
    optimizer.zero_grad()
    nn.functional.cross_entropy(decoder(encoder(ids)), ids[:, 1] % 4).backward()
    optimizer.step()
