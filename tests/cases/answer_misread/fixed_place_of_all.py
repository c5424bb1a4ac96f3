# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
other = x @ torch.randn(6, 6) + 0.1 * torch.randn(256, 6)
encode, encode_other = nn.Linear(6, 8), nn.Linear(6, 8)
optimizer = torch.optim.Adam([*encode.parameters(), *encode_other.parameters()], lr=0.01)
for epoch in range(6):
    for i in range(0, 256, 32):
        ours = nn.functional.normalize(encode(x[i : i + 32]), dim=1)
        theirs = nn.functional.normalize(encode_other(other[i : i + 32]), dim=1)
        logits = 10 * ours @ theirs.t()
        labels = torch.arange(len(logits))
        loss = nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        accuracy = (torch.argmax(logits, dim=1) == labels).float().mean()
    print(epoch, accuracy.item())
