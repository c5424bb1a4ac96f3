# expect: BT533 at update 1
# source: github.com/fartashf/vsepp, issue 6
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
words, picture = nn.EmbeddingBag(40, 12), nn.Linear(8, 12)
opt = torch.optim.Adam([*words.parameters(), *picture.parameters()], lr=1e-2)
images = torch.randn(10, 8)
for _ in range(6):
    which = torch.randint(10, (24,))
    captions = which[:, None] * 4 + torch.randint(4, (24, 3))
    said = F.normalize(words(captions), dim=-1)
    shown = F.normalize(picture(images[which]), dim=-1)
    scores = said @ shown.t() / 0.1
    target = torch.arange(24)
    loss = (F.cross_entropy(scores, target) + F.cross_entropy(scores.t(), target)) / 2
    opt.zero_grad()
    loss.backward()
    opt.step()
