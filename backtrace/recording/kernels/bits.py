"""Names the exact bits of tensors in 8 bytes each, wherever they are, in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

DIGITS = 16  # of a name
_FEW = 16_384  # bytes; of these a hash function of Python's is quicker
_BLOCK = 65_536  # words of 8 bytes that one pass of weights covers


def name_bits(tensors: Sequence[Tensor | None]) -> str:
    """Return 16 hexadecimal digits for each tensor, joined; blanks for None.

    Equal bits give equal digits. Other bits give others, but for a chance of about 2**-64: large
    tensors are weighted sums of their words, with random odd weights, modulo 2**64.
    """
    return "".join(" " * DIGITS if each is None else _name(each) for each in tensors)


def _name(tensor: Tensor) -> str:
    plain = tensor.detach()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    data = plain.contiguous().reshape(-1).view(torch.uint8)
    if data.numel() <= _FEW:
        return _digest(data)
    whole = data.numel() // 8 * 8
    if data.storage_offset() % 8:
        data = data.clone()
    words = data[:whole].view(torch.int64)
    weights = _weights(str(data.device))
    sums = [torch.dot(part, weights[: part.numel()]) for part in torch.split(words, _BLOCK)]
    return _digest(torch.cat([torch.stack(sums).view(torch.uint8), data[whole:]]))


def _digest(data: Tensor) -> str:
    return hashlib.blake2b(data.cpu().numpy().data, digest_size=DIGITS // 2).hexdigest()


@cache
def _weights(device: str) -> Tensor:
    """Return random odd numbers, the same in every process; the user's generators are left."""
    bits = hashlib.shake_128(b"backtrace").digest(_BLOCK * 8)
    return torch.frombuffer(bytearray(bits), dtype=torch.int64).bitwise_or(1).to(device)
