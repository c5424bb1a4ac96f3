"""The flight recorder: keeps what the last updates started from, and writes it into a capsule."""
