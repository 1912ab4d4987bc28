"""What the replica's newsroom writes with: one small grammar a subject, in Persian.

A grammar is text. ``[name]`` begins a rule, each line below it is one way to write it, ``{name}`` stands for a rule,
``{10-99}`` for a number in Persian digits and ``{=10-99}`` for one in Latin digits. A rule marked ``[*name]`` is
decided once in an article: the same minister speaks to the end. One marked ``[!name]`` repeats itself only when all its
ways have been used. A subject adds its lines to those of :mod:`.common`. All people are invented.
"""
