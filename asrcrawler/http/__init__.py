"""Handle addresses and HTTP answers of any site: redirects, Retry-After, encodings, completeness. No CMS, no Scrapy."""
