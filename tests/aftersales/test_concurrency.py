"""Two at once, each in a thread with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from aftersales import services
from aftersales.models import Case, Return, Survey
from crm.errors import DomainError
from tests.factories.aftersales import DeliveredOrderFactory, SurveyFactory, answers

pytestmark = pytest.mark.django_db(transaction=True)


def twice(work):
    """Run one callable twice at the same moment; return both results, an error as itself."""
    start = Barrier(2)

    def run(_number):
        try:
            start.wait(5)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_two_runs_at_once_send_one_invitation_each():
    SurveyFactory.create_batch(3)
    now = timezone.now()
    assert sum(twice(lambda: services.send_surveys(now))) == 3
    assert len(mail.outbox) == 3


def test_two_due_surveys_of_one_contact_do_not_slip_past_the_cap_together():
    first = SurveyFactory()
    SurveyFactory(account=first.account, contact=first.contact)
    now = timezone.now()
    twice(lambda: services.send_surveys(now))
    assert sorted(survey.state for survey in Survey.objects.all()) == ["cancelled", "sent"]


def test_answering_in_two_windows_counts_once_and_opens_one_case():
    survey = SurveyFactory(sent=True)
    given = answers(survey, 1, 2)
    results = twice(lambda: services.answer_survey(survey, by=None, **given))
    assert sum(isinstance(result, DomainError) for result in results) == 1
    assert Case.objects.count() == 1


def test_the_same_goods_are_not_returned_twice():
    order = DeliveredOrderFactory()
    lines = [{"line": order.lines.get(), "quantity": Decimal(6)}]

    def request():
        return services.create_return(by=None, order=order, kind="refund", reason="x", lines=lines)

    results = twice(request)
    assert sum(isinstance(result, DomainError) for result in results) == 1
    assert Return.objects.count() == 1
