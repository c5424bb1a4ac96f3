# expect: BT436 at update 1
# source: https://github.com/huggingface/transformers/issues/6476
import torch
from torch import nn

torch.manual_seed(0)


class Summary(nn.Module):
    def __init__(self, words=30, size=16):
        super().__init__()
        self.words, self.places = nn.Embedding(words, size), nn.Embedding(12, size)
        self.transformer = nn.Transformer(size, 2, 1, 1, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(size, words)

    def embed(self, ids):
        return self.words(ids) + self.places(torch.arange(ids.shape[1]))

    def forward(self, input_ids, decoder_input_ids, labels):
        mask = nn.Transformer.generate_square_subsequent_mask(decoder_input_ids.shape[1])
        given = self.embed(input_ids), self.embed(decoder_input_ids)
        logits = self.head(self.transformer(*given, tgt_mask=mask))
        return nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


model = Summary()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(8):
    document = torch.randint(2, 30, (16, 11))
    summary = (3 * document[:, :8] + document[:, 1:9]) % 28 + 2
    summary[:8, 5:] = 1
    given, labels = summary.contiguous(), summary.clone()
    labels = labels.masked_fill(labels == 1, -100)
    loss = model(document, given, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
