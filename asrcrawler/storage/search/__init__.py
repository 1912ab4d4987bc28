"""Search the full text of articles: :func:`search`.

``documents`` makes folded words of an article, and ``index`` writes them to the ``indexes``, each database in its own
way (``sqlite``, ``postgresql``). ``refilling`` replaces an index that is out of date. ``query`` parses what was asked
for, ``spellings`` adds other spellings, ``questions`` asks, ``finding`` answers,
``marking`` marks the places in the text.
"""

from asrcrawler.storage.search.finding import BEST, NEWEST, Hit, Results, search
from asrcrawler.storage.search.marking import Piece
from asrcrawler.storage.search.questions import Order

__all__ = ["BEST", "NEWEST", "Hit", "Order", "Piece", "Results", "search"]
