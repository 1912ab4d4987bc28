"""Deal with the machine: which processes live, and how a command begins and leaves."""
