"""The sample company: small here, but with somebody and something in every place."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import Account
from activities.models import Task
from aftersales.models import Case, Improvement, Survey
from approvals.models import ApprovalRequest
from approvals.services import approvers
from contracts.models import Contract
from crm.delivery import check_figures
from crm.models import Event, Notification
from leads.models import Lead
from opportunities.models import Opportunity, Quotation
from orders.models import Order
from performance.management.commands import seed_demo
from performance.models import Review, Scorecard, Target
from planning.models import Campaign
from receivables.models import Receivable
from users.models import Role, User


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """The sample company, once for all tests here; taken away afterwards."""
    patch = pytest.MonkeyPatch()
    for name, number in (("ACCOUNTS", 30), ("DEALS", 14), ("LEADS", 16)):
        patch.setattr(seed_demo, name, number)
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)
    patch.undo()


def states(model, field="state"):
    return set(model.objects.values_list(field, flat=True))


pytestmark = [pytest.mark.usefixtures("company"), pytest.mark.xdist_group("sample company")]


def test_every_role_can_log_in(client):
    roles = set(Role.objects.values_list("code", flat=True))
    assert set(User.objects.exclude(roles=None).values_list("roles__code", flat=True)) == roles
    for username, password, _name in seed_demo.Command.LOGINS[:2]:
        assert client.login(username=username, password=password)


def test_a_year_of_documents_stands_in_every_state():
    assert Account.objects.count() == 30
    assert states(Opportunity) >= {"negotiation", "won", "lost"}
    assert states(Quotation) >= {"draft", "in_approval", "sent", "accepted"}
    assert states(Contract) >= {"draft", "in_review", "approved", "signing", "active"}
    assert states(Order) >= {
        *("received", "under_review", "approved", "confirmed"),
        *("fulfilling", "shipped", "delivered", "completed"),
    }
    assert states(Receivable) >= {"planned", "open", "paid"}
    assert Receivable.objects.overdue(timezone.localdate()).exists()
    assert states(Campaign) >= {"in_approval", "approved", "running", "evaluated"}
    assert states(Lead) >= {"new", "working", "qualified", "nurturing", "converted"}
    assert Lead.objects.filter(owner=None, state="new").exists()
    first = Event.objects.aggregate(first=Min("at"))["first"]
    assert first < timezone.now() - timedelta(days=365)


def test_customers_have_answered_well_and_badly():
    scores = list(Survey.objects.filter(state="answered").values_list("score", flat=True))
    assert min(scores) <= 5 < 8 <= max(scores)
    assert states(Case) >= {"new", "closed"}
    assert Improvement.objects.exists()


def test_there_is_work_for_today():
    today = timezone.localdate()
    due = {timezone.localdate(at) for at in Task.objects.open().values_list("due_at", flat=True)}
    assert min(due) < today
    assert today in due
    assert max(due) > today
    waiting = ApprovalRequest.objects.filter(state="pending")
    people = {person.username for request in waiting for person in approvers(request)}
    assert people >= {"east", "south", "legal", "director"}
    assert Target.objects.filter(state="published", ends_on__gte=today).exists()
    assert Scorecard.objects.count() == 5
    assert states(Review) == {"self_assessment", "manager_review", "shared", "acknowledged"}


def test_no_stored_figure_differs_and_nobody_was_told():
    assert check_figures() == "0"
    assert not Notification.objects.exists()
    assert not Event.objects.undelivered().exists()
    assert mail.outbox == []


def test_a_second_run_changes_nothing():
    before = Event.objects.count()
    call_command("seed_demo", verbosity=0)
    assert Event.objects.count() == before


def test_a_run_that_fails_leaves_nothing_behind(monkeypatch):
    User.objects.filter(username="admin").update(username="somebody")
    before = Event.objects.count()
    monkeypatch.setattr(seed_demo.Command, "make_accounts", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("seed_demo", verbosity=0)
    User.objects.filter(username="somebody").update(username="admin")
    assert Event.objects.count() == before
