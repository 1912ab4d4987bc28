"""Measure the program against other ways and against targets: ``python -m benchmarks.NAME`` runs one of them.

``benchmarks/README.md`` has the last figures.
"""
