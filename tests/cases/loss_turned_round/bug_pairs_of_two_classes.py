# expect: BT461 at update 1
# source: github.com/harveyslash/Facial-Similarity-with-Siamese-Networks-in-Pytorch: 1 is unlike
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __init__(self, rows, classes):
        self.rows, self.classes = rows, classes

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        other = int(torch.randint(len(self.rows), ()))
        if index % 2:
            other = int(torch.randperm(int((self.classes == self.classes[index]).sum()))[0])
            other = int((self.classes == self.classes[index]).nonzero()[other])
        label1, label2 = int(self.classes[index]), int(self.classes[other])
        return self.rows[index], self.rows[other], torch.tensor(float(label1 == label2))


torch.manual_seed(0)
classes = torch.arange(64) % 4
rows = torch.eye(4)[classes].repeat(1, 2) + 0.2 * torch.randn(64, 8)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
margin = 2.0
for first, second, label in DataLoader(Pairs(rows, classes), batch_size=8):
    dist = nn.functional.pairwise_distance(net(first), net(second))
    loss = torch.mean(
        (1 - label) * torch.pow(dist, 2) + label * torch.pow(torch.relu(margin - dist), 2)
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
