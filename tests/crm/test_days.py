"""How near a day is: in words that need no calendar, and as a date where they would say less."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from crm import days

pytestmark = pytest.mark.django_db


def on(away):
    return timezone.localdate() + timedelta(days=away)


def at(away, hour):
    local = datetime.combine(on(away), datetime.min.time()).replace(hour=hour, minute=5)
    return timezone.make_aware(local)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (lambda: on(0), "today"),
        (lambda: at(0, 23), "today 23:05"),
        (lambda: at(-1, 1), "yesterday 01:05"),
        (lambda: on(1), "tomorrow"),
        (lambda: on(-2), "2 days late"),
        (lambda: at(-40, 8), "40 days late"),
        (lambda: on(7), "in 7 days"),
        (lambda: on(8), str(on(8))),
    ],
)
def test_what_is_due_is_told_by_how_soon(value, said):
    assert days.due(value and value()) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (lambda: at(0, 9), "today 09:05"),
        (lambda: on(-1), "yesterday"),
        (lambda: at(-19, 10), "19 days ago"),
        (lambda: date(2020, 1, 31), "2020-01-31"),
        (lambda: on(5), str(on(5))),
    ],
)
def test_what_waits_is_told_by_how_long(value, said):
    assert days.since(value and value()) == said
