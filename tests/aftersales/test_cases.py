from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from aftersales import services
from aftersales.models import Case, Improvement
from crm.comments import add_comment
from crm.errors import WrongMoment
from tests.factories.aftersales import BuyerContactFactory, BuyerFactory, CaseFactory
from tests.factories.aftersales import DeliveredOrderFactory as OrderFactory

verbs = services.CASE_VERBS


def run(case, verb, by, **data):
    return verbs[verb].run(case, by=by, **data)


def hours(moment):
    return round((moment - timezone.now()).total_seconds() / 3600)


def test_a_case_a_rep_opens_is_numbered_unassigned_and_follows_the_order(rep):
    order = OrderFactory(owner=rep)
    case = services.create_case(by=rep, order=order, subject="Leaks", priority="urgent")
    assert case.number.startswith("CS-")
    assert (case.state, case.owner) == ("new", None)
    assert (case.account, case.journey) == (order.account, order.journey)
    assert (hours(case.respond_by), hours(case.resolve_by)) == (1, 4)


def test_a_case_that_service_opens_is_its_own(service):
    case = services.create_case(by=service, account=BuyerFactory(), subject="How?")
    assert (case.state, case.owner) == ("assigned", service)
    assert (hours(case.respond_by), hours(case.resolve_by)) == (8, 48)


def test_a_rep_cannot_give_a_case_to_anybody(rep, service):
    account = BuyerFactory(owner=rep)
    with pytest.raises(PermissionDenied):
        services.create_case(by=rep, account=account, subject="Leaks", owner=service)


def test_a_case_refuses_the_order_and_contact_of_another_customer(rep):
    account = BuyerFactory(owner=rep)
    with pytest.raises(ValidationError, match="order"):
        services.create_case(by=rep, account=account, subject="x", order=OrderFactory(owner=rep))
    with pytest.raises(ValidationError, match="contact"):
        services.create_case(by=rep, account=account, subject="x", contact=BuyerContactFactory())


def test_assigning_a_case_tells_the_new_owner_by_mail(
    administrator, service, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        run(CaseFactory(), "assign", administrator, owner=service)
    assert [message.to for message in mail.outbox] == [[service.email]]


def test_starting_work_stops_the_first_clock_and_waiting_stops_the_second(service):
    case = run(CaseFactory(owner=service), "start", service)
    assert case.responded_at is not None
    limit = case.resolve_by
    case = run(case, "wait", service, comment="Photos asked for")
    Case.objects.filter(pk=case.pk).update(waiting_since=timezone.now() - timedelta(hours=5))
    case = run(case, "resume", service)
    assert round((case.resolve_by - limit).total_seconds() / 3600) == 5
    assert case.waiting_since is None


def test_a_waiting_case_is_never_overdue_and_a_late_one_is(service):
    past = timezone.now() - timedelta(hours=1)
    waiting = CaseFactory(state="waiting", resolve_by=past, waiting_since=past, responded_at=past)
    late = CaseFactory(resolve_by=past, responded_at=past)
    unanswered = CaseFactory(respond_by=past)
    on_time = CaseFactory()
    found = set(Case.objects.overdue(timezone.now()))
    assert found == {late, unanswered}
    assert (waiting.clock_badge, late.clock_badge, on_time.clock_badge) == ("amber", "red", "")


def test_the_first_comment_of_service_is_the_response_and_that_of_a_rep_is_not(rep, service):
    case = CaseFactory(account=BuyerFactory(owner=rep))
    add_comment(case, "The customer called again", by=rep)
    case.refresh_from_db()
    assert case.responded_at is None
    add_comment(case, "We have written to them", by=service)
    case.refresh_from_db()
    assert case.responded_at is not None


def test_another_priority_moves_both_limits(service):
    case = CaseFactory(owner=service)
    edited = services.edit_case(case, by=service, priority="urgent")
    assert (hours(edited.respond_by), hours(edited.resolve_by)) == (1, 4)


def test_a_case_is_reopened_within_the_days_and_the_time_between_is_given_back(service):
    case = run(CaseFactory(owner=service), "start", service)
    case = run(case, "resolve", service, solution="New seal", cause="Wear")
    case = run(case, "close", service)
    limit = case.resolve_by
    Case.objects.filter(pk=case.pk).update(resolved_at=timezone.now() - timedelta(hours=10))
    again = run(case, "reopen", service, comment="Leaks again")
    assert again.state == "in_progress"
    assert round((again.resolve_by - limit).total_seconds() / 3600) == 10
    late = timezone.now() - timedelta(days=Case.REOPEN_DAYS, hours=1)
    old = CaseFactory(state="closed", closed_at=late, resolved_at=late)
    with pytest.raises(WrongMoment, match="days"):
        run(old, "reopen", service, comment="x")


def test_unassigned_cases_are_seen_by_service_and_by_the_rep_of_the_customer_only(
    rep, outsider, service
):
    case = CaseFactory(account=BuyerFactory(owner=rep))
    assert case in Case.objects.visible_to(service)
    assert case in Case.objects.visible_to(rep)
    assert case not in Case.objects.visible_to(outsider)


def test_an_improvement_keeps_the_journey_and_is_verified_by_the_same_figure(rep, manager, service):
    case = CaseFactory()
    made = run(case, "propose_improvement", service, title="Better seals", description="Rubber")
    assert (made.journey, made.owner) == (case.journey, service)
    step = services.IMPROVEMENT_VERBS
    for verb in ("accept", "start", "finish"):
        made = step[verb].run(made, by=service)
    with pytest.raises(WrongMoment, match="figure"):
        step["verify"].run(made, by=service, effect=2)
    type(made).objects.filter(pk=made.pk).update(measure="leaks a month", baseline=9)
    assert step["verify"].run(made, by=service, effect=2).state == "verified"


def test_a_manager_decides_on_improvements_from_the_cases_of_the_team(
    rep, manager, outsider, service
):
    case = CaseFactory(account=BuyerFactory(owner=rep))
    made = run(case, "propose_improvement", service, title="Better seals", description="Rubber")
    assert made in Improvement.objects.visible_to(rep)
    assert made not in Improvement.objects.visible_to(outsider)
    step = services.IMPROVEMENT_VERBS
    made = step["accept"].run(made, by=manager)
    with pytest.raises(PermissionDenied):
        step["start"].run(made, by=rep)
    assert step["start"].run(made, by=service).state == "in_progress"
