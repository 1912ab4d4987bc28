"""What a crawl costs a page: fetching alone, the usual tutorial crawler, and the whole of ours, in one run."""
