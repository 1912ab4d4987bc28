"""Do the work that needs pipelines and storage together: read captures again."""
