"""The guide of an empty company: its steps follow the data, and lead back to it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.company import edit_company
from crm.errors import DomainError
from crm.models import Company, Event
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.products import ProductFactory
from tests.factories.users import UserFactory
from users.models import User

COMPANY = {"name": "Orchard Tools", "currency": "EUR", "language": "en"}


def done(page, url="/"):
    """{step: whether it is done} as the page at `url` shows it; None without a guide."""
    guide = page.get(url).context["guide"]
    return guide and {row["step"].name: row["done"] for row in guide["steps"]}


def test_a_step_is_done_when_the_data_say_so(login, administrator):
    page = login(administrator)
    assert done(page) == dict.fromkeys(["company", "people", "customers", "lead"], False)
    assert page.post("/settings/company/", COMPANY).status_code == 302
    UserFactory()
    AccountFactory()
    assert done(page) == {"company": True, "people": True, "customers": True, "lead": False}
    LeadFactory()
    assert done(page) is None


def test_a_step_leads_to_its_page_and_every_page_back_until_one_is_back(login, administrator):
    page = login(administrator)
    assert "Back to the guide" not in page.get("/leads/new/").content.decode()
    assert page.get("/settings/guide/lead/").headers["Location"] == "/leads/new/"
    for url in ("/leads/new/", "/leads/"):
        assert "Back to the guide" in page.get(url).content.decode()
    page.get("/")
    assert "Back to the guide" not in page.get("/leads/").content.decode()
    by_hand = page.get("/settings/guide/customers/1/")
    assert by_hand.headers["Location"] == "/accounts/new/"
    assert page.get("/settings/guide/nonsense/").status_code == 404
    assert page.get("/settings/guide/lead/7/").status_code == 404


def test_who_comes_back_from_the_last_step_sees_once_that_all_is_done(login, administrator):
    page = login(administrator)
    page.post("/settings/company/", COMPANY)
    UserFactory()
    AccountFactory()
    page.get("/settings/guide/lead/")
    LeadFactory()
    assert set(done(page).values()) == {True}
    assert done(page) is None


def test_the_guide_is_put_away_and_brought_back(login, administrator):
    page = login(administrator)
    page.post("/settings/guide/put-away/")
    assert done(page) is None
    assert "lead" in done(page, "/settings/guide/")
    page.get("/settings/guide/lead/")
    assert "Show it on My day again" in page.get("/").content.decode()
    page.post("/settings/guide/put-away/", {"show": "1"})
    assert "lead" in done(page)


def test_nobody_else_sees_the_guide_or_changes_the_company(login, rep):
    page = login(rep)
    assert done(page) is None
    for url in ("/settings/guide/", "/settings/guide/lead/", "/settings/company/"):
        assert page.get(url).status_code == 403
    assert page.post("/settings/guide/put-away/").status_code == 403
    assert page.post("/settings/company/", COMPANY).status_code == 403
    assert not Company.current().is_named


def test_an_empty_company_tells_everybody_what_to_begin_with(login, rep, finance):
    answer = login(rep).get("/")
    assert [url for _label, url in answer.context["beginnings"]] == [
        "/accounts/new/",
        "/leads/new/",
    ]
    assert "Nobody has begun here yet" in answer.content.decode()
    answer = login(finance).get("/")
    assert answer.context["beginnings"] == []
    assert "once your colleagues have entered customers" in answer.content.decode()
    AccountFactory()
    assert "Everything is done" in login(finance).get("/").content.decode()


def test_the_guide_costs_two_queries(login, administrator):
    page = login(administrator)
    Company.current()

    def count():
        with CaptureQueriesContext(connection) as queries:
            page.get("/")
        return len(queries)

    page.get("/")
    with_guide = count()
    page.post("/settings/guide/put-away/")
    assert with_guide - count() <= 1  # whether it was put away is asked anyway


def test_the_currency_is_fixed_with_the_first_amount(login, administrator):
    page = login(administrator)
    edit_company(by=administrator, name="Orchard Tools", currency_id="USD")
    assert Event.objects.filter(name="company.edited", actor=administrator).exists()
    ProductFactory()
    with pytest.raises(DomainError):
        edit_company(by=administrator, currency_id="EUR")
    page.post("/settings/company/", {**COMPANY, "name": "Orchard"})
    company = Company.current()
    assert (company.name, company.currency_id) == ("Orchard", "USD")


def test_the_company_speaks_to_those_who_chose_no_language(administrator, rep):
    edit_company(by=administrator, language="zh-hant")
    rep.language = ""
    assert Company.language_for(rep) == Company.language_for() == "zh-hant"
    assert Company.language_for(administrator) == "en"


def test_the_first_administrator_holds_the_role(db, login):
    call_command("createsuperuser", interactive=False, username="first", email="f@example.com")
    first = User.objects.get(username="first")
    assert [role.code for role in first.roles.all()] == ["administrator"]
    page, colleague = login(first), UserFactory(role="rep")
    data = {"name": "Lin", "username": "lin", "roles": [], "version": colleague.version}
    assert page.post(f"/users/{colleague.pk}/edit/", data).status_code == 302
    assert not colleague.roles.exists()
