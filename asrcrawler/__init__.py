"""asrcrawler: the articles of asrpress.ir, by news code, into a database.

Data goes one way: ledger → frontier → requests → page → Article | Absence → pipelines → ledger.
"""

__version__ = "0.2.0"
