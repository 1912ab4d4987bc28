"""Serve the reading room: pages to read, search and watch the archive, and the same for machines.

It only reads. ``server`` listens on a port, ``app`` puts the parts together, ``library`` asks the database; ``pages``,
``searching`` and ``watching`` answer people, ``api``, ``feed`` and ``metrics`` machines. ``words``, ``difference`` and
``plots`` are pure. It needs the extra ``web``; only the command that serves it imports it.
"""
