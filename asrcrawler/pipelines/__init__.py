"""Work on an item on its way to the database: keep its capture, clean, dedupe, store."""
