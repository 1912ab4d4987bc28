"""What accompanies a crawl: one job each."""
