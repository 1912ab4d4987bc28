"""Hold the project's commands, a file each.

Scrapy imports all of them at every start, so heavy imports stand inside functions.
"""
