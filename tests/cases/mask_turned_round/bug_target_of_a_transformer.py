# expect: BT431 at update 1
# source: https://github.com/mlwithme/TransformerTranslation/issues/2
# also: BT501
# One of three masks of a transformer is turned round; each first word then sees nothing, NaN.
import torch
from torch import nn

torch.manual_seed(5)
PAD, WORDS, LONGEST = 1, 20, 8


class Translator(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.source, self.target = nn.Embedding(WORDS, width), nn.Embedding(WORDS, width)
        self.transformer = nn.Transformer(width, 2, 1, 1, 32, 0.0)
        self.head = nn.Linear(width, WORDS)

    def forward(self, source, target):
        words, padding = (target != PAD).t(), (source == PAD).t()
        h = self.transformer(
            self.source(source),
            self.target(target),
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(len(target)),
            src_key_padding_mask=padding,
            tgt_key_padding_mask=words,
            memory_key_padding_mask=padding,
        )
        return self.head(h)


def draw(rows, longest):
    ids = torch.randint(2, WORDS, (longest, rows))
    lengths = torch.randint(3, longest - 1, (rows,))
    ids[torch.arange(longest).unsqueeze(1) >= lengths] = PAD
    return ids


model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    source, target = draw(16, LONGEST), draw(16, LONGEST + 1)
    scores = model(source, target[:-1])
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), target[1:].flatten(), ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
