"""Lists, boards and pages without rows say what they are for, and let one begin."""

import pytest
from django.urls import NoReverseMatch, reverse

from crm import home
from crm.empty import beginnings
from crm.pages import Pages
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory

# Made by the clock alone: there is nothing to begin with.
BY_THE_CLOCK = {"crm.jobrun"}


def kinds():
    for model, pages in Pages.registry.items():
        try:
            yield pytest.param(pages, reverse(pages.route("list")), id=model._meta.label_lower)
        except NoReverseMatch:
            continue


def test_every_list_has_a_sentence_of_its_own():
    said = [str(pages.empty) for pages in Pages.registry.values()]
    assert all(text.endswith(".") for text in said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(("pages", "url"), list(kinds()))
def test_an_empty_list_says_what_it_is_for_and_what_to_do_first(
    pages, url, login, administrator, monkeypatch
):
    monkeypatch.setattr(pages, "queryset", classmethod(lambda cls, user: cls.model.objects.none()))
    page = login(administrator)
    answer = page.get(url)
    assert str(pages.empty) in answer.context["empty"]
    text = answer.content.decode()
    acts = answer.context["beginnings"]
    assert acts or pages.model._meta.label_lower in BY_THE_CLOCK
    for act in acts:
        assert f'href="{act["url"]}"' in text
        assert page.get(act["url"]).status_code == 200
    filtered = page.get(url, {"q": "nothing is called so"}).content.decode()
    assert "Nothing matches." in filtered


def test_nobody_is_offered_what_they_may_not_do(login, rep, finance, integrator):
    for person in (rep, finance, integrator):
        page = login(person)
        for pages in Pages.registry.values():
            for act in beginnings(pages, person):
                assert page.get(act["url"]).status_code == 200, (person, act)
    labels = {act["label"] for act in beginnings(Pages.of("leads.lead"), rep)}
    assert labels == {"New lead"}  # a rep does not import


def test_every_card_says_what_it_means_that_nothing_is_there():
    said = [str(card.empty) for card in home._cards.values()]
    assert all(text.endswith(".") for text in said)


def test_an_empty_board_begins_like_its_list_and_not_when_filtered(login, rep):
    page = login(rep)
    answer = page.get("/leads/board/")
    assert "A lead is somebody who may buy" in answer.content.decode()
    assert 'href="/leads/new/"' in answer.content.decode()
    assert "may buy" not in page.get("/leads/board/?q=nobody").content.decode()
    LeadFactory(owner=rep)
    assert "may buy" not in page.get("/leads/board/").content.decode()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/activities/calendar/", "Nothing stands in the calendar"),
        ("/activities/calendar/?view=month", "Nothing stands in the calendar"),
        ("/performance/", "Nothing to count yet."),
        ("/approvals/", "when a rule asks for the approval"),
        ("/notifications/", "You are told here when"),
        ("/search/", "by part of a name"),
        ("/leads/pool/", "Leads without an owner come here"),
        ("/imports/", "Upload a table of customers"),
        ("/work/", "show up here"),
    ],
)
def test_an_empty_page_says_what_comes_there(url, sentence, login, manager):
    assert sentence in login(manager).get(url).content.decode()


def test_an_empty_tab_says_what_the_list_of_its_kind_says(login, rep):
    account = AccountFactory(owner=rep)
    text = login(rep).get(f"{account.get_absolute_url()}?tab=leads-account_panel").content.decode()
    assert "A lead is somebody who may buy" in text
