from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.performance import (
    ConfirmedOrderFactory,
    DealFactory,
    OwedFactory,
    TargetFactory,
    collect,
    scored,
)

URL = "/performance/"


@pytest.fixture
def business(rep, teammate, outsider):
    """A little of everything, near and far in time, inside the team and outside of it."""
    today = timezone.localdate()
    for owner in (rep, teammate, outsider):
        for days in (0, 40, 100, 400):
            DealFactory(owner=owner, won_on=today - timedelta(days=days), amount=100 + days)
            collect(owner, 10 + days, today - timedelta(days=days))
        for place, phase in enumerate(("needs", "presentation", "quotation", "negotiation")):
            for days in (-60, 0, 45, 300):
                DealFactory(
                    owner=owner,
                    state=phase,
                    amount=1000 * (place + 1),
                    probability=33,
                    expected_close_on=today + timedelta(days=days),
                )
        DealFactory(owner=owner, expected_close_on=None)
        ConfirmedOrderFactory(owner=owner, confirmed_on=today)
        OwedFactory(order__owner=owner, order__confirmed_on=None, due_on=today - timedelta(days=5))
        scored(owner, 7, today)
    TargetFactory(person=rep)
    TargetFactory(person=teammate)
    return today


def figures(page, url=URL):
    """[(what, text, url)] of every tile and bar of the dashboard."""
    context = page.get(url).context
    found = [(tile["label"], tile["value"], tile["url"]) for tile in context["tiles"]]
    for chart in context["charts"]:
        if chart["kind"] == "gauge":
            text = chart["title"].rpartition(": ")[2].partition(" of ")[0]
            found.append((chart["title"], text, chart["url"]))
            continue
        for datum in chart["data"]:
            count, _dot, amount = datum["text"].partition(" · ")
            found.append((f"{chart['title']} {datum['label']}", (int(count), amount), datum["url"]))
    return found


def behind(page, url):
    """(number of rows, total) of the list behind a figure, over all its pages."""
    context = page.get(url).context
    count = int(context["count_label"].replace(",", ""))
    return count, context["totals"][0]["value"]


@pytest.mark.parametrize("who", ["manager", "administrator", "finance"])
def test_every_figure_opens_the_list_behind_it_with_the_same_total(login, request, who, business):
    page = login(request.getfixturevalue(who))
    checked = figures(page)
    assert len(checked) > 40
    for what, text, url in checked:
        count, total = behind(page, url)
        expected = (count, total) if isinstance(text, tuple) else total
        assert text == expected, f"{what}: {url}"


def test_the_same_holds_for_one_person_and_another_period(login, manager, rep, business):
    page = login(manager)
    start = business - timedelta(days=200)
    url = f"{URL}?starts_on={start}&ends_on={business}&person={rep.pk}"
    for what, text, link in figures(page, url):
        count, total = behind(page, link)
        assert text == ((count, total) if isinstance(text, tuple) else total), f"{what}: {link}"
        assert f"person={rep.pk}" in link


def test_a_manager_counts_the_team_and_an_administrator_everybody(
    login, manager, administrator, business
):
    def tile(user, label):
        tiles = login(user).get(URL).context["tiles"]
        return next(t["value"] for t in tiles if str(t["label"]) == label)

    assert tile(manager, "Overdue receivables") == "¥1,000.00"
    assert tile(administrator, "Overdue receivables") == "¥1,500.00"
    assert tile(manager, "Ordered") == "¥1,000.00"
    assert tile(manager, "Satisfaction") == "7"


def test_the_funnel_shows_the_phases_in_order_with_count_and_amount(login, manager, business):
    charts = login(manager).get(URL).context["charts"]
    funnel = charts[0]["data"]
    assert [str(datum["label"]) for datum in funnel] == [
        "needs",
        "presentation",
        "quotation",
        "negotiation",
    ]
    assert funnel[3]["text"] == "8 · ¥32,000.00"


def test_the_gauge_sets_the_result_of_those_with_a_target_against_it(login, manager, business):
    charts = login(manager).get(URL).context["charts"]
    gauge = charts[-1]
    assert gauge["kind"] == "gauge"
    assert gauge["data"]["max"] == 4000
    assert "of ¥4,000.00" in gauge["title"]


def test_reps_have_no_dashboard_but_the_documents_behind_their_target(login, rep, business):
    page = login(rep)
    assert page.get(URL).status_code == 403
    target = page.get("/performance/targets/").context["rows"][0]
    count, total = behind(page, target["cells"][5].url)
    assert (count, total) == (1, target["cells"][5].text)


def test_a_figure_shows_nobody_more_rows_than_they_may_see(login, rep, outsider, business):
    page = login(rep)
    assert behind(page, "/performance/figures/pipeline/")[0] == 17
    assert behind(page, f"/performance/figures/pipeline/?person={outsider.pk}")[0] == 0


def test_unknown_figures_and_broken_filters_are_not_found(login, manager, business):
    page = login(manager)
    for url in ("nothing/", "won/?starts_on=x", "won/?phase=needs", "pipeline/?phase=x"):
        assert page.get(f"/performance/figures/{url}").status_code == 404


def test_the_dashboard_costs_the_same_queries_for_much_and_little(
    login, manager, business, django_assert_max_num_queries
):
    page = login(manager)
    page.get(URL)
    with django_assert_max_num_queries(75):
        page.get(URL)
