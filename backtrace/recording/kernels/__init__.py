"""Statistics of tensors: the only folder that reads what is in one."""
