"""Hold the grammars with which the replica writes, one for each subject, in Persian.

A grammar is text. ``[name]`` begins a rule, each line below it is one way to write it, ``{name}`` stands for a rule,
``{10-99}`` for a number in Persian digits and ``{=10-99}`` for one in Latin digits. The text of a rule marked
``[*name]`` is chosen once in an article, so that the same minister speaks to the end. A rule marked ``[!name]`` repeats
a line only when all its lines have been used. A subject adds its lines to those of :mod:`.common`. All people are
invented.
"""
