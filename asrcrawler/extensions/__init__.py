"""Watch over a crawl while it runs: one job an extension."""
