# expect: BT556 at update 1
# line: encodings[x.shape[0]]
# source: https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/133
# Patches of an image, the patches first, each with what is learned for its place.
import torch
from torch import nn


class LearnedPositionalEmbeddings(nn.Module):
    def __init__(self, d_model, max_len=50):
        super().__init__()
        self.positional_encodings = nn.Parameter(0.02 * torch.randn(max_len, 1, d_model))

    def forward(self, x):
        pe = self.positional_encodings[x.shape[0]]
        return x + pe


class VisionTransformer(nn.Module):
    def __init__(self, d_model=16):
        super().__init__()
        self.patches = nn.Conv2d(1, d_model, 2, 2)
        self.places = LearnedPositionalEmbeddings(d_model)
        self.layer = nn.TransformerEncoderLayer(d_model, 2, 32)
        self.head = nn.Linear(d_model, 4)

    def forward(self, images):
        x = self.patches(images).flatten(2).permute(2, 0, 1)
        return self.head(self.layer(self.places(x)).mean(dim=0))


torch.manual_seed(1)
model = VisionTransformer()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    images, label = 0.3 * torch.randn(16, 1, 8, 8), torch.randint(4, (16,))
    for image, quarter in zip(images, label.tolist(), strict=True):
        image[0, 4 * (quarter // 2) :, 4 * (quarter % 2) :][:4, :4] += 1
    loss = nn.functional.cross_entropy(model(images), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
