"""All that a command may load, but for what reads the environment or opens something: the project's settings and the
reactor.
"""

from importlib import import_module
from pkgutil import walk_packages

import asrcrawler

NOT_YET = ("asrcrawler.settings", "asrcrawler.__main__", "asrcrawler.storage.migrations.env")

for _module in walk_packages(asrcrawler.__path__, "asrcrawler."):
    if _module.name not in NOT_YET:
        import_module(_module.name)
