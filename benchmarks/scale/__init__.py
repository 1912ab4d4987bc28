"""Measure what grows with an archive: lists, searches and figures, in archives of growing size."""
