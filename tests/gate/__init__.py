"""The gate: how well pages are read must not get worse unnoticed.

``floors.json`` holds, for the saved real pages and for a sample of the replica's, the digest of the corpus, the least
share of exact values of each field and the least F1 of any body. ``python -m tests.gate.write`` writes it anew, and
``python -m tests.gate.write FOLDER`` the expected values of saved pages, both for review.
"""
