"""Judge HTTP answers of any site: do they come whole, and what do they unpack to. No CMS, no Scrapy."""
