"""Stand in for the site on loopback, for the demo, the tests and the benchmarks.

A :class:`World` says what is true of every code; a :class:`ReplicaServer` shows it as the site would::

    with ReplicaServer(World(first=1, last=2000)) as replica:
        crawl(replica.base_url)
        replica.truth(32911)

The server can be made to fail in every way a site can fail (:class:`Fault`), and it logs every request.
"""

from asrcrawler.replica.content import Block, BlockKind, Content, Picture, paragraphs
from asrcrawler.replica.fates import ABSENCES, Fate, Origin
from asrcrawler.replica.faults import OUTCOMES as FAULT_OUTCOMES
from asrcrawler.replica.faults import Fault, Faults
from asrcrawler.replica.look import Look
from asrcrawler.replica.requestlog import LoggedRequest, RequestLog
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.replica.truth import PAGE_FIELDS, Revision, Truth
from asrcrawler.replica.world import World

__all__ = [
    "ABSENCES",
    "FAULT_OUTCOMES",
    "PAGE_FIELDS",
    "Block",
    "BlockKind",
    "Content",
    "Fate",
    "Fault",
    "Faults",
    "LoggedRequest",
    "Look",
    "Origin",
    "Picture",
    "ReplicaServer",
    "RequestLog",
    "Revision",
    "Truth",
    "World",
    "paragraphs",
]
