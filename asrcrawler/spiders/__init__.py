"""One spider an outlet: its own facts, and no more."""
