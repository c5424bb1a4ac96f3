"""The kernel in C, for tensors in this machine's memory: there where it could be compiled."""
