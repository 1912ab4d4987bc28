"""Hold the history of the schema, for Alembic."""
