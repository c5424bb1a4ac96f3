"""The commands, one short file each; they hold no logic."""
