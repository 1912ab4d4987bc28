"""Search the full text of articles: :func:`search`.

``documents`` makes folded words of an article, ``signs`` say of which outlet, category and tag it is, ``numbering``
numbers it by its date, and ``index`` writes it to the ``indexes``, each database in its own way (``sqlite``,
``postgresql``). ``refilling`` replaces an index that is out of date. ``query`` parses what was asked for, ``spellings``
adds other spellings, ``questions`` asks from the newest volume on, ``finding`` answers, ``marking`` marks the places in
the text.
"""

from asrcrawler.storage.search.finding import BEST, NEWEST, Hit, Results, search
from asrcrawler.storage.search.marking import Piece
from asrcrawler.storage.search.questions import Order

__all__ = ["BEST", "NEWEST", "Hit", "Order", "Piece", "Results", "search"]
