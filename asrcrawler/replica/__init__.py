"""Stand in for the site on loopback, for the demo, the tests and the benchmarks.

A :class:`World` says what is true of every code; a :class:`ReplicaServer` shows it as the site would::

    with ReplicaServer(World(first=1, last=2000)) as replica:
        crawl(replica.base_url)
        replica.truth(32911)

Several outlets, with agency reports that they share, are served by :class:`Replicas`::

    with Replicas.of(2) as replicas:
        crawl(replicas["asr"].base_url)

The server can be made to fail in every way a site can fail (:class:`Fault`), and it logs every request.
"""

from asrcrawler.replica.changes import Changes, before_changes, changes_between
from asrcrawler.replica.content import Block, BlockKind, Content, Picture, paragraphs
from asrcrawler.replica.fates import ABSENCES, Fate, Origin
from asrcrawler.replica.faults import OUTCOMES as FAULT_OUTCOMES
from asrcrawler.replica.faults import Fault, Faults
from asrcrawler.replica.look import Look
from asrcrawler.replica.outlets import InventedOutlet, every_outlet, invented
from asrcrawler.replica.replicas import Replicas, worlds
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
    "Changes",
    "Content",
    "Fate",
    "Fault",
    "Faults",
    "InventedOutlet",
    "LoggedRequest",
    "Look",
    "Origin",
    "Picture",
    "ReplicaServer",
    "Replicas",
    "RequestLog",
    "Revision",
    "Truth",
    "World",
    "before_changes",
    "changes_between",
    "every_outlet",
    "invented",
    "paragraphs",
    "worlds",
]
