"""Lists, records and My day of people who see a thousand, twenty thousand or all of the customers.

    DATABASE_URL=… python -m benchmarks.pages [part of a page's name] [rounds]

The database is one that benchmarks.data has filled.
"""

import base64
import json
import sys
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Account
from activities.models import Activity
from benchmarks.floor import at_the_floor
from benchmarks.measure import HEADING, ROUNDS, ready, say, show
from crm.models import SavedView
from opportunities.models import Opportunity
from users.models import Team, User

PEOPLE = ("rep0", "manager0", "director", "finance")
CUSTOMERS, DEALS, ACTIVITIES = "/accounts/", "/opportunities/", "/activities/"


def main(only="", rounds=ROUNDS):
    ready()
    rounds = int(rounds)
    say(HEADING)
    with at_the_floor():
        for who in ("rep0", "admin"):
            show(who, floor(who), only, rounds)
    for who in PEOPLE:
        show(who, pages(User.objects.get(username=who)), only, rounds)


def floor(who):
    person = User.objects.get(username=who)
    about = busiest(person)
    return {
        "floor: list": "/list/",
        "floor: list, REST": "/api/",
        "floor: record": f"/record/{about.pk}/",
    }


def busiest(person):
    """A customer whom the person sees, among those with most activities."""
    return Account.objects.visible_to(person).order_by("pk").first()


def pages(person):
    """{name: url} of all that is measured, as this person."""
    customers = Account.objects.visible_to(person)
    deals = Opportunity.objects.visible_to(person)
    activities = Activity.objects.visible_to(person)
    team = Team.objects.order_by("pk").last()
    view = saved_view(person)
    about, deal = busiest(person), deals.order_by("pk").first()
    return {
        "customers": CUSTOMERS,
        "customers, deep": address(CUSTOMERS, cursor=deep(customers, "name")),
        "customers, by last contact": address(CUSTOMERS, o="-last_contact_at"),
        "customers, by region": address(CUSTOMERS, o="region"),
        "customers, filtered": address(CUSTOMERS, **where(status="in customer", region="is East")),
        "customers, filtered by owner's team": address(
            CUSTOMERS, **where(owner__team=f"in {team.pk}", status="in customer")
        ),
        "customers, one of an own field": address(CUSTOMERS, **where(custom__grade="in gold")),
        "customers, nothing fits": address(CUSTOMERS, **where(industry="is Nothing")),
        "customers, found by words": address(CUSTOMERS, q="云栖科技"),
        "customers, grouped by region": address(CUSTOMERS, group="region"),
        "customers, grouped by month": address(CUSTOMERS, group="created_at"),
        "customers, saved view": f"{CUSTOMERS}?view={view.pk}&{view.query}",
        "customers, REST": "/api/v1/accounts/",
        "customers, REST, deep": address("/api/v1/accounts/", cursor=deep(customers, "name")),
        "deals": DEALS,
        "deals, deep": address(DEALS, cursor=deep(deals, "created_at", descending=True)),
        "deals, by amount": address(DEALS, o="-amount"),
        "deals, filtered": address(
            DEALS, status="open", **where(amount="gte 100000", account__region="is East")
        ),
        "deals, grouped by phase": address(DEALS, group="state"),
        "deals, grouped by owner": address(DEALS, group="owner"),
        "deals, REST": "/api/v1/opportunities/",
        "activities": ACTIVITIES,
        "activities, deep": address(
            ACTIVITIES, cursor=deep(activities, "happened_at", descending=True)
        ),
        "activities, of one kind": address(ACTIVITIES, kind="visit"),
        "activities, REST": "/api/v1/activities/",
        "contacts": "/accounts/contacts/",
        "tasks": "/activities/tasks/",
        "record of a customer": about.get_absolute_url(),
        "record of a customer, timeline": f"/about/accounts/account/{about.pk}/timeline/",
        "record of a customer, REST": f"/api/v1/accounts/{about.pk}/",
        "record of a deal": deal.get_absolute_url(),
        "My day": "/",
        "My day, REST": "/api/v1/my-day/",
    }


def address(base, **query):
    return f"{base}?{urlencode(query)}"


def where(**conditions):
    """The parameters of conditions given as path="operator value"."""
    found = {}
    for number, (path, said) in enumerate(conditions.items(), start=1):
        operator, value = said.split(" ", 1)
        found |= {f"w{number}": path, f"w{number}o": operator, f"w{number}v": value}
    return found


def deep(rows, name, descending=False):
    """The cursor after the row 100,000 pages of one row down, or halfway where there are fewer."""
    total = rows.count()
    order = [f"-{name}", "-pk"] if descending else [name, "pk"]
    value, pk = rows.order_by(*order).values_list(name, "pk")[min(total // 2, 100_000)]
    text = json.dumps([value, pk, False], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def saved_view(person):
    """A view that the person keeps: filtered, ordered, with columns of their own choice."""
    query = urlencode(
        {
            "o": "-annual_revenue",
            "col": ["name", "owner", "account_class", "annual_revenue", "last_contact_at"],
            "status": "customer",
            **where(last_contact_at="past 30"),
        },
        doseq=True,
    )
    found, _made = SavedView.objects.get_or_create(
        user=person,
        content_type=ContentType.objects.get_for_model(Account),
        name="Benchmark",
        defaults={"query": query},
    )
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
