from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from aftersales import services
from aftersales.models import Case, Survey, SurveyTemplate
from aftersales.tasks import expire_surveys, send_surveys
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.models import Event, Notification
from tests.factories.aftersales import (
    BuyerContactFactory,
    CaseFactory,
    SurveyFactory,
    TemplateFactory,
    answers,
)
from tests.factories.aftersales import DeliveredOrderFactory as OrderFactory


@pytest.fixture
def only_mine(db):
    SurveyTemplate.objects.update(is_active=False)


@pytest.fixture
def sent_now(db, django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            return int(send_surveys())

    return run


def test_a_fresh_installation_asks_after_delivery_and_after_service(db):
    found = SurveyTemplate.objects.order_by("trigger")
    assert [template.trigger for template in found] == ["case", "delivery"]
    kinds = [question.kind for question in found[1].questions.all()]
    assert kinds == ["score", "score", "score", "text"]


def test_a_delivered_order_is_followed_by_one_survey_per_template(rep, only_mine):
    TemplateFactory(trigger="delivery", days_after=7)
    order = OrderFactory(owner=rep)
    contact = BuyerContactFactory(account=order.account)
    emit("order.delivered", order)
    emit("order.delivered", order)
    survey = Survey.objects.get()
    assert (survey.rep, survey.contact, survey.journey) == (rep, contact, order.journey)
    assert timezone.localdate(survey.scheduled_at) == timezone.localdate() + timedelta(days=7)


def test_a_closed_case_is_followed_by_one_survey(service, only_mine):
    TemplateFactory(trigger="case")
    case = CaseFactory(owner=service, state="resolved")
    services.CASE_VERBS["close"].run(case, by=service)
    assert Survey.objects.get().case == case


def test_an_invitation_goes_out_once_in_both_languages_with_its_link(sent_now, only_mine):
    survey = SurveyFactory()
    assert (sent_now(), sent_now()) == (1, 0)
    [message] = mail.outbox
    assert message.to == [survey.contact.email]
    assert f"/aftersales/s/{survey.token}/" in message.body
    survey.refresh_from_db()
    assert survey.state == "sent"
    assert survey.expires_on == timezone.localdate() + timedelta(days=30)


def test_a_mail_lost_between_commit_and_sending_goes_out_with_a_later_run(sent_now, db):
    early = timezone.now() - timedelta(minutes=10)
    survey = SurveyFactory(sent=True, sent_at=early, mailed_at=None)
    sent_now()
    sent_now()
    assert [message.to for message in mail.outbox] == [[survey.contact.email]]


def test_nothing_is_mailed_when_the_run_is_killed_before_it_commits(db):
    survey = SurveyFactory()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        services.send_surveys(timezone.now())
        raise KeyboardInterrupt
    survey.refresh_from_db()
    assert (survey.state, mail.outbox) == ("scheduled", [])


@pytest.mark.parametrize("contact", [{"email": ""}, {"wants_no_mail": True}, None])
def test_whom_no_mail_reaches_stays_to_be_asked_by_phone(sent_now, contact):
    if contact is None:
        survey = SurveyFactory(contact=None)
    else:
        survey = SurveyFactory(contact=BuyerContactFactory(**contact))
    assert sent_now() == 0
    survey.refresh_from_db()
    assert survey.state == "scheduled"
    assert survey in Survey.objects.to_phone(timezone.now())


def test_a_contact_is_not_asked_again_within_the_cap(sent_now, db):
    first = SurveyFactory()
    second = SurveyFactory(account=first.account, contact=first.contact)
    assert sent_now() == 1
    second.refresh_from_db()
    assert second.state == "cancelled"
    reason = Event.objects.get(name="survey.cancelled").data["reason"]
    assert "30" in reason


def test_the_score_is_the_mean_of_the_scores_with_two_decimals(db):
    survey = SurveyFactory(sent=True)
    answered = services.answer_survey(
        survey, by=None, **answers(survey, 10, 7, text="More colours")
    )
    assert (answered.score, answered.comment) == (Decimal("8.50"), "More colours")
    assert not Case.objects.exists()
    with pytest.raises(WrongMoment):
        services.answer_survey(survey, by=None, **answers(survey, 1, 1))


def test_a_low_score_opens_one_complaint_on_the_journey_and_tells_rep_and_manager(
    rep, manager, django_capture_on_commit_callbacks
):
    order = OrderFactory(owner=rep)
    survey = SurveyFactory(
        sent=True, rep=rep, account=order.account, order=order, journey=order.journey
    )
    with django_capture_on_commit_callbacks(execute=True):
        services.answer_survey(survey, by=None, **answers(survey, 5, 5, text="Too slow"))
    case = Case.objects.get()
    assert (case.kind, case.channel, case.priority) == ("complaint", "survey", "high")
    assert (case.journey, case.order, case.survey) == (order.journey, order, survey)
    assert case.description == "Too slow"
    told = Notification.objects.filter(event__name="survey.low_score")
    assert {notification.user for notification in told} == {rep, manager}
    assert {address for message in mail.outbox for address in message.to} == {
        rep.email,
        manager.email,
    }


def test_a_required_answer_is_asked_for(db):
    survey = SurveyFactory(sent=True)
    given = {**answers(survey, 9, 9)}
    given.pop(next(iter(given)))
    with pytest.raises(Exception, match="missing"):
        services.answer_survey(survey, by=None, **given)


def test_a_survey_expires_after_its_last_day_and_cannot_be_answered(db):
    yesterday = timezone.localdate() - timedelta(days=1)
    survey = SurveyFactory(sent=True, expires_on=yesterday)
    with pytest.raises(WrongMoment):
        services.answer_survey(survey, by=None, **answers(survey, 9, 9))
    assert (expire_surveys(), expire_surveys()) == ("1", "0")
    survey.refresh_from_db()
    assert survey.state == "expired"


def test_answered_questions_stay_with_their_template(administrator):
    survey = SurveyFactory(sent=True)
    services.answer_survey(survey, by=None, **answers(survey, 9, 9))
    template = survey.template
    lines = [{"text": "New?", "kind": "score", "is_required": True}]
    with pytest.raises(DomainError, match="has been answered"):
        services.edit_template(template, by=administrator, lines=lines)
