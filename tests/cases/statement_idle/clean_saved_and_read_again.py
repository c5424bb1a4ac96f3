# expect: nothing
# needs: transformers
# source: huggingface.co/docs/transformers, PreTrainedModel.from_pretrained: a class method
import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(0)
config = BertConfig(
    vocab_size=20,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    max_position_embeddings=8,
)
path = tempfile.mkdtemp()
model = BertForSequenceClassification(config)
model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(12):
    words = torch.randint(1, 20, (16, 6))
    optimizer.zero_grad()
    model(words, labels=(words[:, 0] > 9).long()).loss.backward()
    optimizer.step()
model.save_pretrained(path)
model.from_pretrained(path)  # its file is whole
print("saved")
