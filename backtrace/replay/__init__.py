"""What the commands do that read a trace file: one file per command, none needs torch."""
