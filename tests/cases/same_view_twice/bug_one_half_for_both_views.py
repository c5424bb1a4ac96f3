# expect: BT562 at update 1
# source: github.com/microsoft/A-CLIP, pull request 4
import torch
import torch.nn.functional as F
from torch import nn


class SimCLRLoss(nn.Module):
    def __init__(self, temperature=0.2):
        super().__init__()
        self.tau = temperature

    def forward(self, outputs):
        q_a = F.normalize(outputs["aug1_embed"], dim=-1)
        q_b = F.normalize(outputs["aug2_embed"], dim=-1)
        labels = torch.arange(len(q_a))
        return F.cross_entropy(q_a @ q_b.t() / self.tau, labels)


class Loss(nn.Module):
    def __init__(self):
        super().__init__()
        self.simclr_loss = SimCLRLoss()

    def forward(self, outputs):
        bs = len(outputs["image_embed"]) // 2
        image_ssl_embed = outputs["image_embed"]
        inputs = {}
        inputs["aug1_embed"] = image_ssl_embed[:bs]
        inputs["aug2_embed"] = image_ssl_embed[:bs]
        return self.simclr_loss(inputs)


def main():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 12))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    criterion = Loss()
    for _ in range(20):
        images = torch.randn(32, 20)
        views = torch.cat([images + 0.3 * torch.randn_like(images) for _ in range(2)])
        loss = criterion({"image_embed": model(views)})
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


main()
