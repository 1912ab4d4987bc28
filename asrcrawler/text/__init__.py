"""Persian text, the calendar, near duplicates, packing. Pure: no Scrapy, no database, no network, no clock."""
