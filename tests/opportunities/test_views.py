from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Event, ExchangeRate
from opportunities.models import NeedsSheet, Opportunity, Quotation, SalesProcess
from tests.factories.accounts import AccountFactory, PaymentTermFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import (
    NeedsSheetFactory,
    OpportunityFactory,
    QuotationFactory,
    SalesProcessFactory,
)
from tests.factories.products import ProductFactory

HTMX = {"HX-Request": "true"}


def lines(*rows, prefix="lines"):
    """Formset data of new lines."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for n, row in enumerate(rows):
        data |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return data


def test_a_deal_is_made_in_the_browser_and_shown_with_its_tables(login, rep):
    account = AccountFactory(owner=rep)
    process = SalesProcess.objects.get(is_default=True)
    page = login(rep)
    assert page.get(f"/opportunities/new/?account={account.pk}").status_code == 200
    data = {"name": "Pumps", "account": account.pk, "process": process.pk, "currency": "CNY"}
    answer = page.post("/opportunities/new/", {**data, "amount": "1000"})
    deal = Opportunity.objects.get()
    assert answer.headers["Location"] == deal.get_absolute_url()
    content = page.get(deal.get_absolute_url()).content.decode()
    assert f"/opportunities/quotations/new/?opportunity={deal.pk}" in content
    assert "needs sheet confirmed by the customer" in content


def test_a_form_accepts_only_a_deal_one_may_change(login, rep, finance):
    deal = OpportunityFactory(owner=rep)
    data = {"opportunity": deal.pk, "summary": "Pumps", **lines({"requirement": "5 kW"})}
    assert login(finance).post("/opportunities/needs/new/", data).status_code == 403
    closed = OpportunityFactory(owner=rep, lost=True)
    answer = login(rep).post("/opportunities/needs/new/", {**data, "opportunity": closed.pk})
    assert answer.status_code == 422
    data["lines-0-quantity"] = "2"
    assert login(rep).post("/opportunities/needs/new/", data).status_code == 302
    sheet = NeedsSheet.objects.get()
    assert [line.requirement for line in sheet.lines.all()] == ["5 kW"]


def test_a_quotation_is_made_with_lines_and_hides_cost_and_margin_from_the_rep(login, rep, manager):
    deal = OpportunityFactory(owner=rep, quotation=True)
    product = ProductFactory(cost=Decimal("44.44"))
    data = {
        "opportunity": deal.pk,
        "currency": "CNY",
        "valid_until": timezone.localdate().isoformat(),
        "payment_term": deal.account.payment_term_id,
        **lines({"product": product.pk, "quantity": "3"}),
    }
    page = login(rep)
    answer = page.post("/opportunities/quotations/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    quotation = Quotation.objects.get()
    assert quotation.amount == Decimal("300.00")
    content = page.get(quotation.get_absolute_url()).content.decode()
    assert "300.00" in content
    assert "Margin" not in content
    assert "44.44" not in content
    content = login(manager).get(quotation.get_absolute_url()).content.decode()
    assert "Margin" in content
    assert "44.44" in content


def test_editing_a_quotation_replaces_its_lines_and_keeps_the_old_ones_in_its_history(login, rep):
    quotation = QuotationFactory(opportunity__owner=rep)
    line = quotation.lines.get()
    url = f"/opportunities/quotations/{quotation.pk}/edit/"
    page = login(rep)
    assert page.get(url).status_code == 200
    data = {
        "version": quotation.version,
        "currency": "CNY",
        "valid_until": quotation.valid_until.isoformat(),
        "payment_term": quotation.payment_term_id,
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 1,
        "lines-0-id": line.pk,
        "lines-0-product": line.product_id,
        "lines-0-quantity": "7",
        "lines-0-unit_price": "90",
    }
    assert page.post(url, data).status_code == 302
    quotation.refresh_from_db()
    assert (quotation.amount, quotation.discount) == (Decimal("630.00"), Decimal("10.00"))
    old, new = Event.objects.filter(name="quotation.edited").latest("pk").data["changes"]["lines"]
    assert (old[0]["quantity"], new[0]["quantity"]) == ("10.000", "7.000")


def test_a_deal_of_another_team_does_not_exist(login, rep, outsider):
    deal = OpportunityFactory(owner=rep)
    page = login(outsider)
    assert page.get(deal.get_absolute_url()).status_code == 404
    assert page.post(f"/opportunities/{deal.pk}/lose/", {"reason": "Mine"}).status_code == 404
    assert page.get(f"/opportunities/of-account/{deal.account_id}/").status_code == 404


def test_losing_asks_for_a_reason_and_answers_the_fresh_record(login, rep):
    deal = OpportunityFactory(owner=rep)
    page, url = login(rep), f"/opportunities/{deal.pk}/lose/"
    assert page.post(url, {"reason": ""}, headers=HTMX).status_code == 422
    answer = page.post(url, {"reason": "Too dear"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Too dear" in answer.content.decode()


def test_back_offers_earlier_phases_only(login, rep):
    deal = OpportunityFactory(owner=rep, quotation=True)
    form = login(rep).get(f"/opportunities/{deal.pk}/back/").context["form"]
    assert [value for value, _label in form.fields["phase"].choices] == ["needs", "presentation"]


def test_the_board_sums_each_phase_in_the_companys_currency(login, rep):
    ExchangeRate.objects.create(currency_id="USD", on=timezone.localdate(), rate=Decimal(7))
    OpportunityFactory(owner=rep, amount=100)
    OpportunityFactory(owner=rep, amount=10, currency_id="USD")
    columns = login(rep).get("/opportunities/board/").context["columns"]
    needs = next(column for column in columns if column["state"] == "needs")
    assert (needs["count"], needs["total"]) == (2, "¥170.00")


def test_the_list_filters_by_phase_owner_and_outcome(login, rep, manager):
    mine = OpportunityFactory(owner=rep)
    theirs = OpportunityFactory(owner=manager, quotation=True)
    lost = OpportunityFactory(owner=rep, lost=True)
    page = login(manager)

    def found(query):
        rows = page.get(f"/opportunities/?{query}").context["rows"]
        return {row["pk"] for row in rows}

    assert found("") == {mine.pk, theirs.pk, lost.pk}
    assert found("mine=on") == {theirs.pk}
    assert found("status=lost") == {lost.pk}
    assert found("state=needs&state=quotation") == {mine.pk, theirs.pk}
    assert found(f"owner={rep.pk}&status=open") == {mine.pk}


@pytest.mark.parametrize("path", ["", "quotations/", "needs/", "board/"])
def test_lists_cost_the_same_queries_for_one_row_as_for_many(login, rep, path):
    page = login(rep)

    def cost():
        deal = OpportunityFactory(owner=rep, quotation=True)
        QuotationFactory(opportunity=deal)
        NeedsSheetFactory(opportunity=deal)
        page.get(f"/opportunities/{path}")
        with CaptureQueriesContext(connection) as queries:
            page.get(f"/opportunities/{path}")
        return len(queries)

    assert cost() == cost() == cost()


def test_my_day_counts_deals_to_move_and_quotations_about_to_expire(login, rep, teammate):
    OpportunityFactory(owner=rep, name="Forgotten")
    OpportunityFactory(owner=teammate)
    today = timezone.localdate()
    planned = OpportunityFactory(owner=rep, next_step_on=today, quotation=True)
    QuotationFactory(opportunity=planned, sent=True, valid_until=today)
    cards = {card["label"]: card for card in login(rep).get("/").context["cards"]}
    deals = cards["Deals to move on"]
    assert (deals["count"], [item["text"] for item in deals["items"]]) == (1, ["Forgotten"])
    assert cards["Quotations about to expire"]["count"] == 1


def test_converting_a_lead_lists_who_it_may_be_and_takes_the_answer(login, rep, outsider):
    lead = LeadFactory(qualified=True, owner=rep)
    known = AccountFactory(name=lead.company, owner=rep)
    AccountFactory(name=lead.company, owner=outsider)
    page, url = login(rep), f"/leads/{lead.pk}/convert/"
    content = page.get(url).content.decode()
    assert f"account-{known.pk}" in content
    assert "although colleagues have" in content
    assert page.post(url, {"name": "Pumps"}).status_code == 409
    answer = page.post(url, {"name": "Pumps", "match": f"account-{known.pk}"})
    deal = Opportunity.objects.get()
    assert answer.headers["Location"] == deal.get_absolute_url()
    assert deal.account == known
    assert "Pumps" in page.get(f"/opportunities/of-lead/{lead.pk}/").content.decode()
    assert "converted already: Pumps" in page.get(lead.get_absolute_url()).content.decode()


def test_a_lead_nobody_knows_is_converted_with_one_click(login, rep):
    lead = LeadFactory(qualified=True, owner=rep)
    page, url = login(rep), f"/leads/{lead.pk}/convert/"
    form = page.get(url).context["form"]
    assert form.fields["new_account"].initial is True
    answer = page.post(url, {"name": "Pumps", "new_account": "on"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == Opportunity.objects.get().get_absolute_url()


def test_a_manager_shapes_a_sales_process_with_its_checklists(login, manager, rep):
    process = SalesProcessFactory(name="Renewals")
    page, url = login(manager), f"/opportunities/processes/{process.pk}/edit/"
    assert page.get(url).status_code == 200
    data = {"name": "Renewals", "is_active": "on", "version": 1}
    data |= {"steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 1}
    first = process.steps.first()
    row = {
        "id": first.pk,
        "phase": "needs",
        "name": "Ask again",
        "probability": "20",
        "stale_after_days": "7",
        "items": "* Budget asked\nCoffee",
    }
    data |= {f"steps-0-{name}": value for name, value in row.items()}
    answer = page.post(url, data)
    assert answer.status_code == 302, answer.context["formset"].errors
    [step] = process.steps.all()
    assert (step.pk, step.name) == (first.pk, "Ask again")
    assert [(i.text, i.is_required) for i in step.items.all()] == [
        ("Budget asked", True),
        ("Coffee", False),
    ]
    assert login(rep).get(url).status_code == 403


def test_the_page_of_a_customer_shows_deals_and_quotations(login, rep):
    quotation = QuotationFactory(opportunity__owner=rep, sent=True)
    page, pk = login(rep), quotation.account_id
    assert "opportunities/of-account" in page.get(f"/accounts/{pk}/").content.decode()
    deals = page.get(f"/opportunities/of-account/{pk}/").content.decode()
    assert quotation.opportunity.name in deals
    assert (
        quotation.number in page.get(f"/opportunities/quotations/of-account/{pk}/").content.decode()
    )


def test_a_customer_without_payment_term_is_asked_for_one(login, rep):
    deal = OpportunityFactory(owner=rep, account=AccountFactory(owner=rep))
    PaymentTermFactory()
    data = {"opportunity": deal.pk, "currency": "CNY", "valid_until": "2030-01-01", **lines()}
    answer = login(rep).post("/opportunities/quotations/new/", data)
    assert answer.status_code == 422
    assert "payment_term" in answer.context["form"].errors


def test_a_card_moves_on_by_the_verb_of_the_button_and_never_skips_a_phase(login, rep):
    deal = OpportunityFactory(owner=rep, presentation=True)
    page = login(rep)
    columns = page.get("/opportunities/board/").context["columns"]
    column = next(column for column in columns if column["state"] == "presentation")
    assert [target["state"] for target in column["verb_targets"]] == ["needs", "quotation"]
    url = f"/opportunities/{deal.pk}/move/"
    assert page.post(url, {"to": "quotation"}).status_code == 409
    assert page.post(url, {"to": "needs"}).context["form"].initial == {"phase": "needs"}
