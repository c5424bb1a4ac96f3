# expect: nothing
# source: https://github.com/karpathy/nanoGPT/pull/240
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class SelfAttention(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.drop = nn.Dropout(dropout)
        self.flash = hasattr(F, "scaled_dot_product_attention")

    def forward(self, x):
        q, k, v = self.query(x), self.key(x), self.value(x)
        if self.flash:
            return self.attend(q, k, v, self.drop.p if self.training else 0.0)
        weights = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).softmax(-1)
        return self.drop(weights) @ v

    def attend(self, q, k, v, rate):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=rate)


class Speaker(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(9, 16), nn.Parameter(torch.zeros(5, 16))
        self.attention, self.head = SelfAttention(16, 0.1), nn.Linear(16, 9)

    def forward(self, words):
        x = self.words(words) + self.places
        return self.head(x + self.attention(x))


model = Speaker()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
texts = torch.randint(0, 9, (32, 1)) + torch.arange(6)
texts %= 9


def loss_of(rows):
    return F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())


for _ in range(3):
    model.train()
    for batch in texts[:24].split(8):
        loss = loss_of(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        print(loss_of(texts[24:]).item())
