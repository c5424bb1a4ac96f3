"""The rules over all ranks of a run, one file each."""
