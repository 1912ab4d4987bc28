"""State the facts of each outlet: one spider an outlet, and nothing else."""
