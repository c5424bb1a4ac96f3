"""The one line of a file that does what a finding tells of: it freezes, cuts, writes, closes."""
