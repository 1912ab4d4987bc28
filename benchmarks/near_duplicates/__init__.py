"""How well near duplicates are told, and what finding them costs: ``python -m benchmarks.near_duplicates``.

``notices`` and ``edits`` make the texts, ``pairs`` labels them, ``cost`` fills a database and measures.
"""
