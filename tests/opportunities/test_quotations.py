import re
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.services import approve_request, create_rule, send_back_request
from crm.errors import DomainError, WrongMoment
from crm.models import Event, ExchangeRate, Notification
from opportunities import services
from opportunities.models import Opportunity, Quotation
from opportunities.tasks import expire_quotations, mail_quotation
from tests.factories.approvals import rule
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.products import ProductFactory


def run(quotation, verb, by, **data):
    return services.QUOTATION_VERBS[verb].run(quotation, by=by, **data)


@pytest.fixture
def deal(rep):
    return OpportunityFactory(owner=rep, quotation=True)


def test_a_quotation_knows_its_discount_off_list_and_its_margin(rep, deal):
    product = ProductFactory()
    lines = [
        {"product": product, "quantity": 10, "unit_price": Decimal(90)},
        {"product": product, "quantity": 10, "discount": Decimal(20)},
    ]
    quotation = services.create_quotation(by=rep, opportunity=deal, lines=lines)
    assert quotation.amount == Decimal("1700.00")
    assert quotation.discount == Decimal("15.00")
    # 1700 with 13 % tax is 1504.42 net, the cost 1200.
    assert quotation.margin == Decimal("20.24")
    assert quotation.journey == deal.journey
    assert (quotation.account, quotation.contact) == (deal.account, deal.contact)


def test_list_prices_and_costs_in_another_currency_are_converted(rep, deal):
    ExchangeRate.objects.create(currency_id="USD", on=timezone.localdate(), rate=Decimal(7))
    product = ProductFactory(price=Decimal(700), cost=Decimal(350), tax_rate=Decimal(0))
    quotation = services.create_quotation(
        by=rep,
        opportunity=deal,
        currency_id="USD",
        lines=[{"product": product, "quantity": 1, "unit_price": Decimal(80)}],
    )
    assert (quotation.discount, quotation.margin) == (Decimal("20.00"), Decimal("37.50"))
    assert services.company_amount(quotation) == Decimal("560.00")


def test_only_a_product_on_sale_can_be_quoted_and_submitted(rep, deal):
    gone = ProductFactory(off_sale=True)
    with pytest.raises(ValidationError, match="not on sale"):
        services.create_quotation(
            by=rep, opportunity=deal, lines=[{"product": gone, "quantity": 1}]
        )
    quotation = QuotationFactory(opportunity=deal, lines=[(gone, 1)])
    with pytest.raises(WrongMoment, match="no longer on sale"):
        run(quotation, "submit", rep)


def test_without_a_rule_a_submitted_quotation_is_approved_at_once_by_the_system(rep, deal):
    quotation = run(QuotationFactory(opportunity=deal), "submit", rep)
    assert quotation.state == "approved"
    assert re.fullmatch(r"QT-\d{4}-\d{6}", quotation.number)
    assert Event.objects.get(name="quotation.approved").actor.is_system


def test_a_deep_discount_waits_for_the_manager_who_may_send_it_back(rep, manager, deal):
    rule("quotation", manager, discount__over=15)
    product = ProductFactory()
    lines = [{"product": product, "quantity": 1, "discount": Decimal(20)}]
    quotation = services.create_quotation(by=rep, opportunity=deal, lines=lines)
    quotation = run(quotation, "submit", rep)
    assert quotation.state == "in_approval"
    number = quotation.number
    with pytest.raises(WrongMoment):
        run(quotation, "send", rep)
    send_back_request(ApprovalRequest.objects.get(), by=manager, comment="Too deep")
    quotation.refresh_from_db()
    assert quotation.state == "draft"
    quotation = run(quotation, "submit", rep)
    assert quotation.number == number
    approve_request(ApprovalRequest.objects.latest("pk"), by=manager)
    quotation.refresh_from_db()
    assert quotation.state == "approved"


def test_withdrawing_a_quotation_closes_its_request_for_approval(rep, manager, deal):
    rule("quotation", manager, amount__over=1)
    quotation = run(QuotationFactory(opportunity=deal), "submit", rep)
    run(quotation, "withdraw", rep, reason="Mistake")
    assert ApprovalRequest.objects.get().state == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_sending_fixes_the_rate_and_mails_the_public_link_once(rep, deal):
    quotation = run(QuotationFactory(opportunity=deal, approved=True), "send", rep)
    assert (quotation.state, quotation.rate) == ("sent", Decimal(1))
    deal.refresh_from_db()
    assert deal.state == "quotation"
    [message] = mail.outbox
    assert message.to == [deal.contact.email]
    assert message.reply_to == [rep.email]
    assert f"/opportunities/q/{quotation.token}/" in message.body
    mail_quotation(quotation.pk)
    assert len(mail.outbox) == 1


def test_a_quotation_is_sent_without_a_mail_address_too(rep, deal):
    quotation = QuotationFactory(opportunity=deal, approved=True, contact=None)
    assert run(quotation, "send", rep).token


def test_a_foreign_quotation_is_not_sent_without_an_exchange_rate(rep, deal):
    quotation = QuotationFactory(opportunity=deal, approved=True)
    Quotation.objects.update(currency="USD")
    with pytest.raises(DomainError, match="exchange rate"):
        run(quotation, "send", rep)


def test_acceptance_recorded_by_the_rep_sets_the_amount_of_the_deal(rep, deal):
    quotation = QuotationFactory(opportunity=deal, sent=True)
    run(quotation, "accept", rep, decided_by="Buyer", decided_how="Mail of 3 May")
    deal.refresh_from_db()
    assert deal.amount == quotation.amount
    event = Event.objects.get(name="quotation.accepted")
    assert (event.actor, event.data["decided_how"]) == (rep, "Mail of 3 May")


def test_only_the_newest_version_can_be_sent_or_accepted(rep, deal):
    old = QuotationFactory(opportunity=deal, sent=True)
    new = run(old, "revise", rep)
    old.refresh_from_db()
    assert (old.state, new.state, new.number, new.revision) == (
        "superseded",
        "draft",
        old.number,
        2,
    )
    assert [line.amount for line in new.lines.all()] == [line.amount for line in old.lines.all()]
    assert (new.previous, new.discount, new.margin) == (old, old.discount, old.margin)
    with pytest.raises(WrongMoment):
        run(old, "accept", rep, decided_by="Buyer", decided_how="Mail")
    assert run(new, "submit", rep).number == old.number


def test_a_quotation_past_its_last_day_cannot_be_accepted_and_expires_once(rep, deal):
    yesterday = timezone.localdate() - timedelta(days=1)
    late = QuotationFactory(opportunity=deal, sent=True, valid_until=yesterday)
    QuotationFactory(opportunity=deal, sent=True)
    with pytest.raises(WrongMoment, match="last valid day"):
        run(late, "accept", rep, decided_by="Buyer", decided_how="Mail")
    assert expire_quotations() == "1"
    assert expire_quotations() == "0"
    late.refresh_from_db()
    assert late.state == "expired"


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_told_of_an_expired_quotation(rep, deal):
    yesterday = timezone.localdate() - timedelta(days=1)
    QuotationFactory(opportunity=deal, sent=True, valid_until=yesterday)
    expire_quotations()
    assert Notification.objects.get(event__name="quotation.expired").user == rep


def test_a_revoked_link_leaves_the_quotation_open_for_the_rep(rep, deal):
    quotation = run(QuotationFactory(opportunity=deal, sent=True), "revoke_link", rep)
    assert (quotation.state, quotation.token) == ("sent", "")
    accepted = run(quotation, "accept", rep, decided_by="Buyer", decided_how="Call")
    assert accepted.state == "accepted"


def test_a_closed_deal_takes_no_answer(rep, deal):
    quotation = QuotationFactory(opportunity=deal, sent=True)
    Opportunity.objects.filter(pk=deal.pk).update(state="lost")
    with pytest.raises(WrongMoment, match="closed"):
        run(quotation, "accept", rep, decided_by="Buyer", decided_how="Mail")
    with pytest.raises(WrongMoment, match="closed"):
        run(quotation, "revise", rep)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one(rep, deal):
    quotation = QuotationFactory(opportunity=deal, sent=True)
    outcomes = []

    def answer(verb, **data):
        try:
            outcomes.append(run(quotation, verb, None, decided_by="Buyer", **data).state)
        except WrongMoment:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=answer, args=("accept",)),
        threading.Thread(target=answer, args=("decline",), kwargs={"reason": "No"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "refused"
    assert Quotation.objects.get().state in outcomes


def test_stored_totals_agree_with_the_lines(rep, deal):
    quotation = QuotationFactory(opportunity=deal)
    assert not Quotation.objects.with_wrong_amount().exists()
    Quotation.objects.filter(pk=quotation.pk).update(amount=1)
    assert Quotation.objects.with_wrong_amount().get() == quotation


def test_a_margin_that_asks_for_approval_is_hidden_from_those_who_may_not_see_cost(
    api, rep, manager, deal
):
    create_rule(
        by=None,
        name="thin margin",
        kind="quotation",
        conditions=[{"fact": "margin", "operator": "under", "value": 99}],
        levels=[{"approver": "superior"}],
    )
    lines = [{"product": ProductFactory(), "quantity": 1}]
    services.submit_quotation(
        services.create_quotation(by=rep, opportunity=deal, lines=lines), by=rep
    )
    url = f"/api/v1/approval-requests/{ApprovalRequest.objects.get().pk}/"
    seen = api(rep).get(url).data
    assert "margin" not in seen["facts"]
    assert seen["reasons_text"] == ["The rule “thin margin” asks for approval."]
    assert api(manager).get(url).data["facts"]["margin"]
