"""The experiments, one file each: none imports torch before it is put on."""
