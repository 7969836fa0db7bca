"""The sample company: small here, but with somebody and something in every place."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import Min
from django.test import TestCase
from django.utils import timezone

from accounts.models import Account, DuplicatePair, Merge
from activities.models import Invitation, Mail, Mailing, MailTemplate, Meeting, Task
from aftersales.models import Case, Improvement, Return, Survey
from approvals.models import ApprovalRequest
from approvals.services import approvers
from contracts.models import Amendment, Contract
from crm.custom import fields
from crm.delivery import check_figures
from crm.models import (
    Attachment,
    Comment,
    CustomField,
    Event,
    Import,
    Notification,
    SavedView,
)
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
        assert Account.objects.count() == 31  # one of them twice
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

    def test_every_desk_has_something_on_it(self):
        now = timezone.now()
        assert Meeting.objects.filter(ends_at__lt=now).exists()
        assert Meeting.objects.filter(starts_at__gt=now).exists()
        assert Meeting.objects.exclude(starts_on=None).exists()
        guests = Invitation.objects.filter(user=None)
        assert guests.exists()
        assert not guests.filter(meeting__starts_at__gt=now, sent_version=0).exists()
        assert states(MailTemplate, "language") == {"zh-hans", "zh-hant", "en"}
        assert states(Mailing) == {"done"}
        assert states(Mail, "status") == {"sent"}
        views = SavedView.objects
        assert views.filter(is_shared=True, pinned_by__isnull=False).exists()
        assert views.filter(is_shared=False).exists()
        assert Comment.objects.exclude(mentions=None).count() == 3
        names = Attachment.objects.values_list("name", flat=True)
        assert {name.rpartition(".")[2] for name in names} >= {"pdf", "png"}

    def test_the_company_has_fields_of_its_own(self):
        kinds = states(CustomField, "kind")
        assert kinds == set(CustomField.Kind.values) - {CustomField.Kind.USER}
        assert CustomField.objects.filter(required_from="quotation").exists()
        filled = Opportunity.objects.exclude(custom={})
        assert all(fields.gap(deal, "quotation") is None for deal in filled)
        assert filled.exists()
        for field in CustomField.objects.all():
            form_field = fields.form_field(field)
            for record in field.content_type.model_class().objects.exclude(custom={}):
                value = fields.initial(field, record.custom[field.code])
                form_field.clean([str(v) for v in value] if isinstance(value, list) else value)

    def test_an_import_refused_a_row_and_doubles_were_found_and_merged(self):
        [found] = Import.objects.all()
        assert found.run.result == {"done": 2, "refused": 1, "skipped": 0}
        assert DuplicatePair.objects.filter(content_type__model="account").exists()
        assert Merge.objects.filter(content_type__model="account").exists()

    def test_no_stored_figure_differs_and_people_were_told_of_the_last_days_only(self):
        assert check_figures() == "0"
        week = timezone.now() - timedelta(days=7)
        assert Notification.objects.filter(read_at=None).exists()
        assert Notification.objects.exclude(read_at=None).exists()
        assert not Notification.objects.filter(event__at__lt=week).exists()
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
