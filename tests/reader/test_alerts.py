"""The rules for Prometheus in ``deploy/``, held against the figures that the reading room gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.commands import ROOT

if TYPE_CHECKING:
    from starlette.testclient import TestClient

RULES = (ROOT / "deploy" / "asrcrawler-alerts.yml").read_text("utf-8")


def test_its_rules_ask_for_figures_and_labels_that_there_are(client: TestClient) -> None:
    told = client.get("/metrics").text
    given = {
        name: set(re.findall(r"(\w+)=", labels)) for name, labels in re.findall(r"^(\w+)\{(.*)\}", told, re.MULTILINE)
    }
    rules = re.findall(r"expr: ([^\n]+)\n.*?summary: ([^\n]+)", RULES, re.DOTALL)
    assert len(rules) == RULES.count("- alert:") > 4
    for expression, summary in rules:
        if names := re.findall(r"asrcrawler_\w+", expression):
            labels = set.intersection(*(given[name] for name in names))
            assert set(re.findall(r"\$labels\.(\w+)", summary)) <= labels, expression
        else:
            assert expression.startswith('up{job="asrcrawler"}')


def test_every_alert_is_explained_in_the_order_of_the_rules() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES)
    for page in ("docs/upkeep.md", "docs/fa/upkeep.md"):
        assert re.findall(r"^\| \u200e?`(Asrcrawler\w+)`", (ROOT / page).read_text("utf-8"), re.MULTILINE) == alerts
