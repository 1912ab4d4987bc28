"""Full-text search: :func:`search`.

``documents`` makes folded words of an article, ``index`` keeps them where ``sqlite`` and ``postgresql`` find them: in
one of the ``indexes``, and by ``refilling`` in another one that takes its place.
``query`` reads what was asked for, ``spellings`` widens it, ``finding`` answers, ``marking`` shows the places.
"""

from asrcrawler.storage.search.finding import BEST, NEWEST, Hit, Order, Results, search
from asrcrawler.storage.search.marking import Piece

__all__ = ["BEST", "NEWEST", "Hit", "Order", "Piece", "Results", "search"]
