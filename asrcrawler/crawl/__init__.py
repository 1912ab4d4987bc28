"""One crawl of an outlet: which codes, asked how, and its way to the database."""
