"""What happens to an item on its way to the database: clean, dedupe, store."""
