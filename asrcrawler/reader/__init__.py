"""The reading room: pages to read, search and watch the archive, and the same for machines.

It only reads. ``server`` opens the door, ``app`` puts the rooms together, ``library`` asks the database; ``pages``,
``searching`` and ``health`` answer people, ``api``, ``feed`` and ``metrics`` machines. ``words``, ``difference`` and
``plots`` are pure. It needs the extra ``web``; nothing else imports it.
"""
