from datetime import date
from decimal import Decimal

import pytest

from crm.models import ExchangeRate
from opportunities.models import Quotation
from performance.models import Target
from performance.services import actual
from receivables.models import PaymentAllocation
from tests.factories.orders import TermFactory
from tests.factories.performance import (
    ConfirmedOrderFactory,
    DealFactory,
    TargetFactory,
    collect,
    scored,
)

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
BEFORE, AFTER = date(2026, 2, 28), date(2026, 4, 1)


def reached(metric, *people):
    return actual(metric, people, FIRST, LAST)


def test_won_counts_deals_closed_in_the_period_by_their_owner(rep, teammate):
    for day in (BEFORE, FIRST, LAST, AFTER):
        DealFactory(owner=rep, won_on=day)
    DealFactory(owner=teammate, won_on=FIRST, amount=70)
    DealFactory(owner=rep, state="lost", closed_on=FIRST)
    assert reached("won", rep) == Decimal("2000.00")
    assert reached("won", rep, teammate) == Decimal("2070.00")


def test_foreign_money_counts_at_the_rate_of_the_accepted_quotation_else_of_the_day(rep):
    ExchangeRate.objects.create(currency_id="USD", on=date(2026, 1, 1), rate="7.1")
    ExchangeRate.objects.create(currency_id="USD", on=date(2026, 3, 20), rate="9")
    deal = DealFactory(owner=rep, won_on=FIRST, currency_id="USD", amount=100)
    assert reached("won", rep) == Decimal("710.00")
    Quotation.objects.create(
        opportunity=deal,
        account=deal.account,
        owner=rep,
        state="accepted",
        currency_id="USD",
        rate="7.5",
        valid_until=LAST,
        payment_term=TermFactory(),
    )
    assert reached("won", rep) == Decimal("750.00")


def test_money_without_any_rate_adds_nothing(rep):
    DealFactory(owner=rep, won_on=FIRST, currency_id="EUR", amount=100)
    assert reached("won", rep) == Decimal("0.00")


def test_ordered_and_quantity_count_confirmed_orders_that_were_not_cancelled(rep):
    ConfirmedOrderFactory(owner=rep, confirmed_on=FIRST)
    ConfirmedOrderFactory(owner=rep, confirmed_on=LAST, state="completed", rate=2)
    ConfirmedOrderFactory(owner=rep, confirmed_on=FIRST, state="cancelled")
    ConfirmedOrderFactory(owner=rep, confirmed_on=AFTER)
    ConfirmedOrderFactory(owner=rep, confirmed_on=None, state="received")
    assert reached("ordered", rep) == Decimal("1000.00")
    assert reached("quantity", rep) == Decimal(10)


def test_collected_is_live_money_on_the_persons_orders_and_no_credit_note(rep, teammate):
    collect(rep, 300, FIRST)
    collect(rep, 50, AFTER)
    collect(teammate, 70, FIRST)
    collect(rep, 20, FIRST, method="credit")
    assert reached("collected", rep) == Decimal("300.00")
    PaymentAllocation.objects.update(reversed_at="2026-03-15T00:00Z")
    assert reached("collected", rep) == Decimal("0.00")


def test_satisfaction_is_the_mean_score_of_surveys_answered_in_the_period(rep):
    assert reached("satisfaction", rep) is None
    scored(rep, 9, FIRST)
    scored(rep, 8, LAST)
    scored(rep, 1, AFTER)
    assert reached("satisfaction", rep) == Decimal("8.50")


@pytest.mark.parametrize("metric", ["won", "ordered", "quantity", "collected", "satisfaction"])
def test_the_list_of_targets_reaches_what_the_service_counts(rep, metric):
    DealFactory(owner=rep, won_on=FIRST)
    ConfirmedOrderFactory(owner=rep, confirmed_on=FIRST)
    collect(rep, 300, FIRST)
    scored(rep, 9, FIRST)
    scored(rep, 6, FIRST)
    TargetFactory(person=rep, metric=metric, starts_on=FIRST, ends_on=LAST)
    target = Target.objects.with_actual().get()
    assert target.actual == reached(metric, rep)
    assert target.actual > 0


def test_a_target_without_results_stands_at_nothing(rep):
    TargetFactory(person=rep, starts_on=FIRST, ends_on=LAST)
    target = Target.objects.with_actual().get()
    assert (target.actual, target.attainment) == (Decimal("0.00"), Decimal("0.0"))
