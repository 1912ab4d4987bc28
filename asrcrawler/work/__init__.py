"""Do the work that needs pipelines and storage together: run many outlets, and read captures again."""
