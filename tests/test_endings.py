"""How a run ended, as its exit status."""

import pytest

from asrcrawler.endings import exit_status, is_new_template


@pytest.mark.parametrize(
    ("reason", "outcomes", "unbooked", "status"),
    [
        ("finished", {}, 0, 0),  # nothing new
        ("finished", {"stored": 5, "missing": 9}, 0, 0),
        ("finished", {"stored": 5, "failed": 5, "refused": 1}, 0, 0),  # booked for another visit
        ("finished", {"stored": 5}, 1, 1),  # a code got lost
        ("shutdown", {"stored": 5}, 0, 0),  # stopped by a signal: what was not reached stays due
        ("shutdown", {"stored": 5}, 2, 75),  # … with codes in hand
        ("shutdown", {}, 0, 75),  # … before it had done anything
        ("token_lost", {"stored": 5}, 3, 75),
        ("closespider_timeout", {"stored": 5}, 3, 0),
        ("another run at work", {}, 0, 0),
        ("database held by another program", {}, 0, 0),
        ("database failed", {}, 0, 1),
        ("database failed", {"stored": 5}, 4, 1),
        ("start_error", {}, 0, 1),
        ("the site names no articles", {}, 0, 1),
        ("refused", {"stored": 5, "refused": 5}, 0, 75),
        ("asked to wait", {"stored": 5}, 0, 75),
        ("resting after a refusal", {}, 0, 75),
        ("unreachable", {}, 0, 75),
        ("finished", {"failed": 3}, 0, 75),  # no answer at all
        ("finished", {"failed": 1, "refused": 1}, 0, 75),
        ("finished", {"unreadable": 4}, 0, 0),
        ("finished", {"unreadable": 5}, 0, 1),  # a new template
        ("finished", {"unreadable": 9, "stored": 9, "missing": 1}, 0, 0),
        ("finished", {"unreadable": 9, "stored": 8}, 0, 1),
        ("finished", {"unreadable": 9, "missing": 351}, 0, 0),  # odd pages among codes that nothing names
        ("finished", {"unreadable": 75, "missing": 225}, 0, 1),  # a new template, seen by a sweep of sparse codes
    ],
)
def test_the_exit_status_tells_how_a_run_ended(
    reason: str, outcomes: dict[str, int], unbooked: int, status: int
) -> None:
    assert exit_status(reason, outcomes, unbooked) == status


def test_a_code_that_always_fails_is_no_alarm_on_a_site_that_tells_what_is_new() -> None:
    assert exit_status("finished", {"failed": 1}, 0, listed=True) == 0
    assert exit_status("finished", {"failed": 1, "refused": 1}, 0, listed=True) == 75
    assert exit_status("unreachable", {"failed": 15}, 0, listed=True) == 75


def test_a_few_odd_pages_are_no_new_template() -> None:
    assert not is_new_template({"unreadable": 4})
    assert is_new_template({"unreadable": 5})
