"""Where a run is written while it goes on."""
