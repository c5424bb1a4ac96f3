# expect: BT305 at update 1
# source: Transformers documentation, from_pretrained: "The model is set in evaluation mode by default"
import torch
import torch.nn.functional as F


class Encoder(torch.nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = torch.nn.Embedding(30, width)
        layer = torch.nn.TransformerEncoderLayer(width, 2, 32, dropout=0.1, batch_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = torch.nn.Linear(width, 2)

    def forward(self, ids):
        return self.head(self.layers(self.embed(ids)).mean(1))


def load_pretrained():
    model = Encoder()
    return model.eval()


torch.manual_seed(0)
model = load_pretrained()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4)
for step in range(4):
    ids = torch.randint(0, 30, (8, 5))
    loss = F.cross_entropy(model(ids), (ids[:, 0] > 15).long())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
