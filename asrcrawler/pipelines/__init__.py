"""What happens to an item on its way to the database: keep its page, clean, dedupe, store."""
