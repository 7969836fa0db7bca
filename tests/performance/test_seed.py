"""The sample company: small here, but with somebody and something in every place."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import Min
from django.test import TestCase
from django.utils import timezone

from accounts.models import Account
from activities.models import Task
from aftersales.models import Case, Improvement, Return, Survey
from approvals.models import ApprovalRequest
from approvals.services import approvers
from contracts.models import Amendment, Contract
from crm.delivery import check_figures
from crm.models import Event, Notification
from inventory.models import PurchaseRequest
from leads.models import Lead
from opportunities.models import Opportunity, Quotation
from orders.models import Order, OrderException
from performance.management.commands import seed_demo
from performance.models import Review, Scorecard, Target
from planning.models import Campaign
from receivables.models import Receivable, WriteOff
from users.models import Role, User


def states(model, field="state"):
    return set(model.objects.values_list(field, flat=True))


SMALL = {"ACCOUNTS": 30, "DEALS": 14, "LEADS": 16}


@pytest.mark.xdist_group("sample company")
class TestSampleCompany(TestCase):
    @classmethod
    def setUpTestData(cls):
        with patch.multiple(seed_demo, **SMALL):
            call_command("seed_demo", verbosity=0)

    def test_every_role_can_log_in(self):
        roles = set(Role.objects.values_list("code", flat=True))
        assert set(User.objects.exclude(roles=None).values_list("roles__code", flat=True)) == roles
        for username, password, _name in seed_demo.Command.LOGINS[:2]:
            assert User.objects.get(username=username).check_password(password)

    def test_a_year_of_documents_stands_in_every_state(self):
        assert Account.objects.count() == 30
        assert states(Opportunity) >= {"needs", "presentation", "quotation", "won"}
        assert states(Quotation) >= {"draft", "in_approval", "sent", "accepted"}
        assert states(Contract) >= {"draft", "in_review", "approved", "signing", "active"}
        assert states(Order) >= {
            *("received", "under_review", "approved", "confirmed"),
            *("fulfilling", "shipped", "delivered", "completed"),
        }
        assert states(Receivable) >= {"planned", "open", "paid"}
        assert states(OrderException) >= {"open", "handling"}
        assert states(Return) >= {"requested", "approved"}
        assert states(Amendment) >= {"draft", "in_review"}
        assert states(PurchaseRequest) >= {
            *("suggested", "submitted", "approved", "ordered", "received"),
        }
        assert states(WriteOff) >= {"in_approval"}
        assert Receivable.objects.overdue(timezone.localdate()).exists()
        assert states(Campaign) >= {"in_approval", "approved", "running", "evaluated"}
        assert states(Lead) >= {"new", "working", "qualified", "nurturing", "converted"}
        assert Lead.objects.filter(owner=None, state="new").exists()
        first = Event.objects.aggregate(first=Min("at"))["first"]
        assert first < timezone.now() - timedelta(days=365)

    def test_customers_have_answered_well_and_badly(self):
        scores = list(Survey.objects.filter(state="answered").values_list("score", flat=True))
        assert min(scores) <= 5 < 8 <= max(scores)
        assert states(Case) >= {"new", "closed"}
        assert Improvement.objects.exists()

    def test_there_is_work_for_today(self):
        today = timezone.localdate()
        due = {
            timezone.localdate(at) for at in Task.objects.open().values_list("due_at", flat=True)
        }
        assert min(due) < today
        assert today in due
        assert max(due) > today
        waiting = ApprovalRequest.objects.filter(state="pending")
        people = {person.username for request in waiting for person in approvers(request)}
        assert people >= {"east", "south", "legal", "director"}
        assert Target.objects.filter(state="published", ends_on__gte=today).exists()
        assert Scorecard.objects.count() == 5
        assert states(Review) == {"self_assessment", "manager_review", "shared", "acknowledged"}

    def test_no_stored_figure_differs_and_nobody_was_told(self):
        assert check_figures() == "0"
        assert not Notification.objects.exists()
        assert not Event.objects.undelivered().exists()
        assert mail.outbox == []

    def test_a_second_run_changes_nothing(self):
        before = Event.objects.count()
        call_command("seed_demo", verbosity=0)
        assert Event.objects.count() == before


@pytest.mark.django_db
def test_a_run_that_fails_leaves_nothing_behind():
    failing = patch.object(seed_demo.Command, "make_accounts", side_effect=ZeroDivisionError)
    with failing, pytest.raises(ZeroDivisionError):
        call_command("seed_demo", verbosity=0)
    assert not Event.objects.exists()
    assert User.objects.count() == 1  # the system
