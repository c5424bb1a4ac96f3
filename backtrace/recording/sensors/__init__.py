"""One file a family of calls: what it reads, and which event it writes."""
