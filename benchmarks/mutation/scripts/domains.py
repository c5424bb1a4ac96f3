"""Labels of one domain are learned from features in which a critic cannot tell the domains."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
turn = torch.linalg.qr(torch.randn(6, 6)).Q
ours = torch.randn(384, 6)
labels = (ours[:, 0] + ours[:, 1] > 0).long()
theirs = torch.randn(384, 6) @ (torch.eye(6) + 0.3 * turn) + 0.8
features = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 8))
classifier = nn.Linear(8, 2)
critic = nn.Sequential(nn.Linear(8, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
main = [*features.parameters(), *classifier.parameters()]
optimizer = torch.optim.Adam(main, lr=3e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
ones, zeros = torch.ones(48, 1), torch.zeros(48, 1)
for epoch in range(12):
    for rows, others in zip(torch.randperm(384).split(48), torch.randperm(384).split(48)):
        source, target = features(ours[rows]), features(theirs[others])
        told_source = F.binary_cross_entropy_with_logits(critic(source.detach()), ones)
        told_target = F.binary_cross_entropy_with_logits(critic(target.detach()), zeros)
        critic_loss = (told_source + told_target) / 2
        critic_optimizer.zero_grad()
        critic_loss.backward()
        critic_optimizer.step()
        fit = F.cross_entropy(classifier(source), labels[rows])
        fooled = F.binary_cross_entropy_with_logits(critic(target), ones)
        loss = fit + 0.1 * fooled
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
