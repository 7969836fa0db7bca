"""The addresses of figures, and how figures look: the same on tiles, bars, cards and lists."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from crm.cells import decimal, money
from performance.querysets import FIGURES


def figure_url(key, **parameters):
    """The list of the rows under a figure; parameters as in performance.forms.FigureForm."""
    given = {name: value for name, value in parameters.items() if value}
    query = urlencode(given, doseq=True)
    url = reverse("performance:figure", args=[key])
    return f"{url}?{query}" if query else url


def figure_text(figure, total, currency):
    """A total in words: ¥1,234.50, 12 or 8.5; "–" for a mean of nothing.

    currency: the company's, which the caller has read once.
    """
    if total is None:
        return "–"
    if figure.unit == "money":
        return money(total, currency)
    return decimal(total)


def text_of(metric, value, currency):
    return figure_text(FIGURES[metric], value, currency)


def month_start(day):
    return day.replace(day=1)


def month_end(day):
    return next_month(day) - timedelta(days=1)


def next_month(day):
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def quarter(day):
    """(first, last day) of the quarter of a date."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, month_end(next_month(next_month(first)))


def months_from(day, count):
    """First days of `count` months, the month of `day` first."""
    found = [month_start(day)]
    while len(found) < count:
        found.append(next_month(found[-1]))
    return found


def months_back(day, count):
    """First days of the `count` months that end with the month of `day`."""
    found = [month_start(day)]
    while len(found) < count:
        found.append(month_start(found[-1] - timedelta(days=1)))
    return found[::-1]
