"""Work that stands above pipelines and storage: captures read again."""
