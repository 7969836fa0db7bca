from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.services import (
    approve_request,
    approvers,
    create_rule,
    edit_rule,
    reassign_request,
    request_approval,
    send_back_request,
    sentence,
    take_back_request,
    withdraw_request,
)
from crm import events
from crm.errors import DomainError, WrongMoment
from crm.lifecycle import advance
from crm.models import Event, Notification
from tests.approvals.conftest import KIND
from tests.factories.approvals import rule
from tests.factories.users import TeamFactory, UserFactory
from users.models import Delegation
from users.services import deactivate_user


def away(user, substitute, days=0):
    """An absence of `user` that starts in `days` days and lasts three."""
    starts = timezone.localdate() + timedelta(days=days)
    return Delegation.objects.create(
        user=user, substitute=substitute, starts_on=starts, ends_on=starts + timedelta(days=3)
    )


def test_a_document_no_rule_fits_needs_no_approval(rep, submit):
    rule(KIND, "superior", amount__over=10000)
    rule(KIND, "superior", margin__under=10)  # the margin is unknown: neither over nor under
    rule("another kind", "superior")
    assert submit(rep, "10000") is None
    assert submit(rep, "10000.01") is not None


def test_an_inactive_rule_asks_nobody(rep, submit):
    found = rule(KIND, "superior")
    found.is_active = False
    found.save()
    assert submit(rep) is None


def test_the_request_says_which_rule_and_which_fact_fired(rep, submit):
    found = rule(KIND, "superior", name="Large papers", amount__over=1000)
    request = submit(rep, "5000")
    assert request.facts == {"amount": "5000", "margin": None}
    [reason] = request.reasons
    assert reason == {
        "rule": found.pk,
        "name": "Large papers",
        "fact": "amount",
        "operator": "over",
        "limit": "1000",
        "value": "5000",
    }
    assert sentence(KIND, reason, "CNY") == (
        "Amount is ¥5,000.00, over the limit of ¥1,000.00 (rule “Large papers”)."
    )


def test_levels_of_several_rules_follow_each_other_without_doubles(rep, manager, finance, submit):
    rule(KIND, "superior", "finance", position=1)
    rule(KIND, manager, "finance", "legal", position=2)
    UserFactory(role="legal")
    request = submit(rep)
    assert [str(level.holder) for level in request.levels.all()] == ["manager", "Finance", "Legal"]


def test_each_level_decides_in_turn_and_the_last_one_approves(rep, manager, finance, submit):
    rule(KIND, "superior", "finance")
    request = submit(rep)
    with pytest.raises(WrongMoment, match="waiting for manager"):
        approve_request(request, by=finance)
    request = approve_request(request, by=manager, comment="Fine")
    assert (request.state, request.level) == ("pending", 2)
    request = approve_request(request, by=finance)
    assert request.state == "approved"
    assert request.closed_at is not None
    first, second = request.levels.all()
    assert (first.decided_by, first.comment) == (manager, "Fine")
    assert (second.decided_by, second.decision) == (finance, "approved")
    with pytest.raises(WrongMoment, match="approved already"):
        send_back_request(request, by=finance, comment="Too late")


def test_nobody_approves_what_they_submitted(manager, submit):
    top = UserFactory(name="top", role="manager")
    manager.team.parent = TeamFactory(name="All", manager=top)
    manager.team.save()
    rule(KIND, manager)
    request = submit(manager)
    assert request.levels.get().person == top
    with pytest.raises(PermissionDenied, match="submitted this yourself"):
        approve_request(request, by=manager)
    assert approve_request(request, by=top).state == "approved"


def test_the_only_holder_of_a_role_is_replaced_by_the_next_person_up(rep, manager, submit):
    finance = UserFactory(team=rep.team, role="finance rep")
    rule(KIND, "finance")
    assert submit(finance).levels.get().person == manager


def test_when_nobody_may_approve_submitting_is_refused_in_words(outsider, submit):
    rule(KIND, "superior", name="Large papers")
    with pytest.raises(DomainError, match="no manager above") as caught:
        submit(outsider)
    assert caught.value.code == "no_approver"
    assert "Large papers" in str(caught.value)
    assert not ApprovalRequest.objects.exists()


def test_sending_back_tells_the_submitter_why(
    rep, manager, submit, django_capture_on_commit_callbacks, mailoutbox
):
    rule(KIND, "superior")
    request = submit(rep)
    with django_capture_on_commit_callbacks(execute=True):
        request = send_back_request(request, by=manager, comment="Price too low")
    event = Event.objects.get(name="approvalrequest.returned")
    assert event.data["comment"] == "Price too low"
    assert Notification.objects.get(event=event).user == rep
    assert mailoutbox[-1].to == [rep.email]


def test_the_next_approvers_are_told_by_mail(
    rep, manager, finance, submit, django_capture_on_commit_callbacks, mailoutbox
):
    rule(KIND, "superior", "finance")
    with django_capture_on_commit_callbacks(execute=True):
        request = submit(rep)
    assert [mail.to for mail in mailoutbox] == [[manager.email]]
    with django_capture_on_commit_callbacks(execute=True):
        approve_request(request, by=manager)
    assert [mail.to for mail in mailoutbox[1:]] == [[finance.email]]


def test_a_stand_in_decides_on_the_days_of_the_absence_only(rep, manager, outsider, submit):
    rule(KIND, "superior")
    request = submit(rep)
    later = away(manager, outsider, days=1)
    assert not ApprovalRequest.objects.waiting_for(outsider).exists()
    with pytest.raises(PermissionDenied):
        approve_request(request, by=outsider)
    later.starts_on = timezone.localdate()
    later.save()
    assert set(approvers(request)) == {manager, outsider}
    request = approve_request(request, by=outsider)
    level = request.levels.get()
    assert (level.person, level.decided_by) == (manager, outsider)


def test_a_stand_in_does_not_decide_what_they_or_the_absent_one_submitted(
    rep, manager, finance, submit
):
    other = UserFactory(role="finance")
    away(manager, rep)  # the rep stands in for the manager
    away(finance, other)
    rule(KIND, "superior")
    request = submit(rep)
    assert not ApprovalRequest.objects.waiting_for(rep).exists()
    with pytest.raises(PermissionDenied):
        approve_request(request, by=rep)
    assert approve_request(request, by=manager).state == "approved"


def test_a_revoked_stand_in_decides_nothing(rep, manager, outsider, submit):
    rule(KIND, "superior")
    request = submit(rep)
    Delegation.objects.filter(pk=away(manager, outsider).pk).update(is_active=False)
    assert not ApprovalRequest.objects.waiting_for(outsider).exists()
    assert not ApprovalRequest.objects.visible_to(outsider).filter(pk=request.pk).exists()


def test_handing_over_moves_the_decision_but_never_to_the_submitter(rep, teammate, manager, submit):
    rule(KIND, "superior")
    request = submit(rep)
    with pytest.raises(DomainError, match="cannot decide"):
        reassign_request(request, by=manager, person=rep)
    with pytest.raises(PermissionDenied):
        reassign_request(request, by=rep, person=teammate)
    request = reassign_request(request, by=manager, person=teammate, comment="You know them")
    with pytest.raises(PermissionDenied):
        approve_request(request, by=manager)
    assert approve_request(request, by=teammate).state == "approved"
    event = Event.objects.get(name="approvalrequest.reassigned")
    assert event.data["changes"] == {"person": ["manager", "teammate"]}


def test_an_administrator_frees_a_request_that_is_stuck(rep, manager, administrator, submit):
    rule(KIND, "superior")
    request = submit(rep)
    with pytest.raises(PermissionDenied):
        approve_request(request, by=administrator)
    heir = UserFactory(role="manager")
    request = reassign_request(request, by=administrator, person=heir)
    assert approve_request(request, by=heir).state == "approved"


def test_a_request_is_seen_by_submitter_approvers_and_those_above_only(
    rep, teammate, manager, outsider, finance, legal, submit
):
    rule(KIND, "superior", outsider)
    rule(KIND, "legal")
    request = submit(rep)

    def sees(user):
        return ApprovalRequest.objects.visible_to(user).filter(pk=request.pk).exists()

    assert all(map(sees, (rep, manager, outsider, legal, finance)))
    assert not sees(teammate)


def test_withdrawing_takes_the_document_back(rep, manager, submit, monkeypatch):
    rule(KIND, "superior")
    request = submit(rep)
    heard = []
    monkeypatch.setitem(
        events._handlers,
        "approvalrequest.returned",
        [lambda event, obj: heard.append((obj.kind, obj.target, obj.target.state))],
    )
    with pytest.raises(PermissionDenied):
        take_back_request(request, by=manager)
    monkeypatch.setitem(
        events._handlers,
        "approvalrequest.withdrawn",
        [lambda event, obj: advance(obj.target, "cancel", by=None)],
    )
    assert take_back_request(request, by=rep).state == "withdrawn"
    assert heard == [(KIND, request.target, "cancelled")]


def test_a_document_that_moves_on_closes_its_request_once(rep, submit):
    rule(KIND, "superior")
    request = submit(rep)
    assert withdraw_request(request.target, by=rep).state == "withdrawn"
    assert withdraw_request(request.target, by=rep) is None


def test_one_document_waits_once(rep, submit):
    rule(KIND, "superior")
    request = submit(rep)
    with pytest.raises(WrongMoment, match="already"):
        request_approval(request.target, kind=KIND, by=rep)


def test_the_approvals_of_somebody_who_leaves_go_to_the_successor(
    rep, manager, administrator, submit
):
    rule(KIND, manager)
    request = submit(rep)
    heir = UserFactory(name="heir", role="manager")
    deactivate_user(manager, by=administrator, successor=heir)
    assert list(ApprovalRequest.objects.waiting_for(heir)) == [request]
    assert not ApprovalRequest.objects.waiting_for(manager).exists()


def test_a_rule_without_levels_or_about_an_unknown_fact_is_refused(administrator):
    level = {"approver": "superior"}
    fields = {"name": "R", "kind": KIND, "by": administrator}
    with pytest.raises(ValidationError, match="at least one level"):
        create_rule(levels=[], **fields)
    with pytest.raises(ValidationError, match="would never apply"):
        create_rule(
            levels=[level], conditions=[{"fact": "x", "operator": "over", "value": 1}], **fields
        )
    with pytest.raises(ValidationError, match="Say which one"):
        create_rule(levels=[{"approver": "role"}], **fields)


def test_changing_the_levels_of_a_rule_is_an_event_and_spares_open_requests(
    rep, manager, finance, administrator, submit
):
    found = rule(KIND, "superior")
    request = submit(rep)
    levels = [{"approver": "person", "person": finance}]
    edit_rule(found, by=administrator, levels=levels, conditions=[])
    event = Event.objects.get(name="approvalrule.edited")
    old, new = event.data["changes"]["levels"]
    assert "the manager of the submitter" in old
    assert "finance" in new
    assert request.levels.get().person == manager
