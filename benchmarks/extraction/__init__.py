"""How well and how fast article pages are read, beside the general tools: ``python -m benchmarks.extraction``.

``pages`` and ``real`` are what is read and what is true of it; ``peers`` runs in an environment of its own, made by
``environment``; ``score`` compares. ``tests/gate`` holds the floors under the figures.
"""
