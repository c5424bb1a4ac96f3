# expect: BT407 at update 2
# source: torch.Tensor.detach, PyTorch documentation
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
encoder, decoder = torch.nn.Linear(8, 4), torch.nn.Linear(4, 8)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for _ in range(4):
    x = torch.randn(20, 8)
    code = torch.relu(encoder(x))
    reconstruction = F.mse_loss(decoder(code), x)
    sparsity = 0.1 * code.detach().abs().mean()
    loss = reconstruction + sparsity
    backtrace.note_loss(loss, reconstruction=reconstruction, sparsity=sparsity)
    opt.zero_grad()
    loss.backward()
    opt.step()
