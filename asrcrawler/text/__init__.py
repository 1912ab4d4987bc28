"""Handle Persian text, the calendar, near duplicates and packing. Pure: no Scrapy, database, network or clock."""
