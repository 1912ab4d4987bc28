"""Keep the queue of many machines: Procrastinate's tables, in a PostgreSQL schema of their own beside the archive's."""
