"""Two records become one, and two again."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Account, Address, Contact, Merge
from accounts.services import (
    edit_account,
    gather_latecomers,
    merge_records,
    set_credit_account,
    undo_merge,
)
from activities.services import log_activity
from crm.comments import add_comment
from crm.delivery import check_figures
from crm.errors import WrongMoment
from crm.models import Attachment, Comment, Event, Notification
from leads.models import Lead
from leads.services import edit_lead
from tests.factories.accounts import AccountFactory, AddressFactory, ContactFactory
from tests.factories.activities import ActivityFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.orders import OrderFactory
from tests.factories.receivables import ReceivableFactory


def everything():
    """What all rows of the kinds concerned say, but versions, times and events."""
    found = {}
    for model in (Account, Contact, Address, Lead, Comment):
        rows = model._base_manager.order_by("pk")
        found[model] = [
            {k: v for k, v in row.items() if k not in ("version", "updated_at")}
            for row in rows.values()
        ]
    return found


# --- Field by field ---------------------------------------------------------------------------


def test_each_field_is_the_filled_one_else_the_newer_one_and_texts_are_joined(rep, twins):
    kept, goes = twins
    merge_records(kept, goes, by=rep)
    [account] = Account.objects.all()
    assert account == kept
    assert (account.name, account.phone) == ("ACME", "021-2")
    assert (account.region, account.industry) == ("East", "Tools")
    assert account.needs == "Pumps\n\nValves"


def test_each_field_can_be_chosen(rep, twins):
    kept, goes = twins
    choices = {"name": "ours", "phone": "ours", "region": "theirs", "needs": "theirs"}
    merge_records(kept, goes, by=rep, choices=choices)
    account = Account.objects.get()
    facts = (account.name, account.phone, account.region, account.needs)
    assert facts == ("Acme Ltd", "021-1", "", "Valves")


@pytest.mark.parametrize("choices", [{"name": "mine"}, {"exposure": "theirs"}, {"pk": "theirs"}])
def test_a_choice_that_there_is_not_is_refused(rep, twins, choices):
    with pytest.raises(ValidationError):
        merge_records(*twins, by=rep, choices=choices)
    assert Account.objects.count() == 2


def test_owner_and_limit_need_the_right_to_set_them(rep, teammate, manager, twins):
    kept, goes = twins
    set_credit_account(goes, credit_limit=Decimal(5000), by=None)
    with pytest.raises(PermissionDenied):
        merge_records(kept, goes, by=rep, choices={"credit_limit": "theirs"})
    merge_records(kept, goes, by=manager, choices={"credit_limit": "theirs"})
    kept.refresh_from_db()
    assert kept.credit_limit == 5000


def test_what_was_bought_once_makes_the_account_a_customer(rep):
    kept, goes = AccountFactory(customer=True, owner=rep), AccountFactory(owner=rep)
    merge_records(kept, goes, by=rep)
    kept.refresh_from_db()
    assert kept.status == "customer"


def test_whoever_wants_no_mail_gets_none(rep):
    account = AccountFactory(owner=rep)
    kept = ContactFactory(account=account)
    goes = ContactFactory(account=account, wants_no_mail=True, is_primary=True)
    merge_records(kept, goes, by=rep)
    kept.refresh_from_db()
    assert (kept.wants_no_mail, kept.is_primary) == (True, True)


# --- What moves --------------------------------------------------------------------------------


def test_everything_that_names_a_customer_moves_and_comes_back(rep, twins):
    kept, goes = twins
    child = AccountFactory(parent=goes, owner=rep)
    contact, address = ContactFactory(account=goes), AddressFactory(account=goes)
    lead = LeadFactory(converted=True, account=goes, owner=rep)
    deal = OpportunityFactory(account=goes, owner=rep)
    order = OrderFactory(account=goes, owner=rep)
    rows = [(contact, "account"), (address, "account"), (lead, "account"), (deal, "account")]
    rows += [(order, "account"), (child, "parent")]
    add_comment(goes, "Called", by=rep)
    activity, task = ActivityFactory(target=goes), TaskFactory(target=goes)
    merge = merge_records(kept, goes, by=rep)
    for row, field in rows:
        row.refresh_from_db()
        assert getattr(row, field) == kept, row
    assert Comment.objects.get().target == kept
    for row in (activity, task):
        row.refresh_from_db()
        assert row.object_id == kept.pk
    assert Event.objects.about(kept).filter(name="comment.added").exists()
    assert not Event.objects.about(goes).exists()
    later = ContactFactory(account=kept)
    undo_merge(merge, by=rep)
    for row, field in rows:
        row.refresh_from_db()
        assert getattr(row, field) == goes, row
    activity.refresh_from_db()
    assert activity.object_id == goes.pk
    assert Comment.objects.get().target == goes
    later.refresh_from_db()
    assert later.account == kept


def test_undoing_brings_back_exactly_what_was(rep, twins):
    kept, goes = twins
    ContactFactory(account=kept, is_primary=True)
    ContactFactory(account=goes, is_primary=True)
    AddressFactory(account=goes, is_default=True)
    Account.objects.filter(pk=goes.pk).update(external_key="K1")
    Account.objects.filter(pk=kept.pk).update(parent=goes)
    before = everything()
    merge = merge_records(kept, goes, by=rep)
    assert everything() != before
    kept.refresh_from_db()
    assert (kept.external_key, kept.parent) == ("K1", None)
    undo_merge(merge, by=rep)
    assert everything() == before


def test_what_somebody_has_changed_since_stays(rep, twins):
    kept, goes = twins
    merge = merge_records(kept, goes, by=rep)
    edit_account(kept, by=rep, phone="021-9")
    undo_merge(merge, by=rep)
    kept.refresh_from_db()
    assert (kept.name, kept.phone) == ("Acme Ltd", "021-9")


def test_only_one_contact_and_one_address_stay_the_main_one(rep, twins):
    kept, goes = twins
    main = ContactFactory(account=kept, is_primary=True)
    ContactFactory(account=goes, is_primary=True)
    AddressFactory(account=kept, kind="shipping", is_default=True)
    AddressFactory(account=goes, kind="shipping", is_default=True)
    billing = AddressFactory(account=goes, kind="billing", is_default=True)
    merge_records(kept, goes, by=rep)
    assert list(kept.contacts.filter(is_primary=True)) == [main]
    assert kept.addresses.filter(kind="shipping", is_default=True).count() == 1
    billing.refresh_from_db()
    assert billing.is_default


def test_a_credit_code_goes_along_and_is_free_for_nobody_else(rep, twins):
    kept, goes = twins
    edit_account(goes, by=rep, credit_code="91310000MA1FL1AB28")
    merge = merge_records(kept, goes, by=rep)
    kept.refresh_from_db()
    assert kept.credit_code == "91310000MA1FL1AB28"
    edit_account(kept, by=rep, phone="1")
    undo_merge(merge, by=rep)
    assert Account.objects.get(credit_code="91310000MA1FL1AB28") == goes


def test_a_merge_is_not_undone_when_somebody_else_has_the_code_by_now(rep, twins):
    kept, goes = twins
    edit_account(goes, by=rep, credit_code="91310000MA1FL1AB28")
    merge = merge_records(kept, goes, by=rep, choices={"credit_code": "ours"})
    third = AccountFactory(owner=rep)
    edit_account(third, by=rep, credit_code="91310000MA1FL1AB28")
    with pytest.raises(WrongMoment, match="credit code"):
        undo_merge(merge, by=rep)
    assert set(Account.objects.all()) == {kept, third}


def test_a_parent_company_can_go_into_its_subsidiary_without_a_circle(rep):
    top = AccountFactory(owner=rep)
    goes = AccountFactory(owner=rep, parent=top)
    middle = AccountFactory(owner=rep, parent=goes)
    kept = AccountFactory(owner=rep, parent=middle)
    merge_records(kept, goes, by=rep)
    kept.refresh_from_db()
    middle.refresh_from_db()
    assert (kept.parent, middle.parent) == (top, kept)


def test_the_credit_in_use_is_counted_anew(rep, twins):
    kept, goes = twins
    order = OrderFactory(account=goes, owner=rep)
    ReceivableFactory(account=goes, order=order)
    merge = merge_records(kept, goes, by=rep)
    assert check_figures() == "0"
    undo_merge(merge, by=rep)
    assert check_figures() == "0"


def test_leads_and_contacts_merge_with_their_activities(rep):
    kept, goes = LeadFactory(owner=rep, working=True), LeadFactory(owner=rep)
    log_activity(target=goes, kind="call", subject="Hello", by=rep)
    merge = merge_records(kept, goes, by=rep)
    assert list(Lead.objects.all()) == [kept]
    kept.refresh_from_db()
    assert (kept.state, kept.last_contact_at is None) == ("working", False)
    undo_merge(merge, by=rep)
    assert Lead.objects.count() == 2
    one, two = ContactFactory(account__owner=rep), ContactFactory(account__owner=rep)
    deal = OpportunityFactory(account=two.account, contact=two, owner=rep)
    merge_records(one, two, by=rep)
    deal.refresh_from_db()
    assert deal.contact == one


def test_a_converted_lead_is_not_merged(rep):
    kept, goes = LeadFactory(owner=rep), LeadFactory(owner=rep, converted=True)
    for pair in ((kept, goes), (goes, kept)):
        with pytest.raises(WrongMoment, match="merge the customers"):
            merge_records(*pair, by=rep)


def test_a_merged_lead_falls_into_no_pool_and_is_counted_nowhere(rep):
    kept, goes = LeadFactory(owner=rep), LeadFactory(owner=rep)
    merge_records(kept, goes, by=rep)
    assert list(Lead.objects.live()) == [kept]
    with pytest.raises(PermissionDenied):
        edit_lead(goes, by=rep, name="Written to nothing")
    with pytest.raises(ValidationError, match="has been merged"):
        edit_lead(goes, by=None, name="Written to nothing")


def test_what_the_kept_record_has_itself_stays_behind_until_the_merge_is_undone(rep):
    kept, goes = LeadFactory(owner=rep), LeadFactory(owner=rep)
    first = OpportunityFactory(lead=kept, owner=rep)
    second = OpportunityFactory(lead=goes, owner=rep)
    merge = merge_records(kept, goes, by=rep)
    assert merge.left == {"opportunities.opportunity.lead": [second.pk]}
    gather_latecomers()
    undo_merge(merge, by=rep)
    for deal, lead in ((first, kept), (second, goes)):
        deal.refresh_from_db()
        assert deal.lead == lead


def test_both_owners_are_told(rep, teammate, manager, django_capture_on_commit_callbacks):
    kept, goes = AccountFactory(owner=rep), AccountFactory(owner=teammate)
    with django_capture_on_commit_callbacks(execute=True):
        merge_records(kept, goes, by=manager)
    told = Notification.objects.filter(event__name="account.merged")
    assert set(told.values_list("user", flat=True)) == {rep.pk, teammate.pk}


def test_chains_are_undone_from_the_end(rep):
    a, b, c = AccountFactory.create_batch(3, owner=rep)
    first, second = merge_records(b, a, by=rep), merge_records(c, b, by=rep)
    with pytest.raises(WrongMoment):
        undo_merge(first, by=rep)
    undo_merge(second, by=rep)
    undo_merge(first, by=rep)
    assert set(Account.objects.all()) == {a, b, c}


def test_after_thirty_days_nothing_is_undone_and_never_twice(rep, twins):
    merge = merge_records(*twins, by=rep)
    Merge.objects.update(created_at=timezone.now() - timedelta(days=31))
    with pytest.raises(WrongMoment, match="until"):
        undo_merge(merge, by=rep)
    Merge.objects.update(created_at=timezone.now())
    undo_merge(merge, by=rep)
    with pytest.raises(WrongMoment):
        undo_merge(merge, by=rep)


def test_latecomers_are_gathered_and_go_back_with_the_others(rep, twins):
    kept, goes = twins
    merge = merge_records(kept, goes, by=rep)
    late = ContactFactory(account=goes)
    gather_latecomers()
    late.refresh_from_db()
    assert late.account == kept
    undo_merge(merge, by=rep)
    late.refresh_from_db()
    assert late.account == goes


def test_files_move_along(rep, twins):
    kept, goes = twins
    Attachment.objects.create(target=goes, name="x", size=1, sha256="", uploaded_by=rep, file="x")
    merge_records(kept, goes, by=rep)
    assert Attachment.objects.get().target == kept


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["finance", "service", "marketing", "outsider", "teammate"])
def test_who_may_not_merge(request, role, twins):
    with pytest.raises(PermissionDenied):
        merge_records(*twins, by=request.getfixturevalue(role))


def test_both_records_have_to_be_ones_own(rep, teammate, manager):
    mine, theirs = AccountFactory(owner=rep), AccountFactory(owner=teammate)
    for pair in ((mine, theirs), (theirs, mine)):
        with pytest.raises(PermissionDenied):
            merge_records(*pair, by=rep)
    merge_records(mine, theirs, by=manager)
    assert Account.objects.count() == 1


def test_a_merge_is_undone_by_who_could_have_made_it(rep, outsider, manager, twins):
    merge = merge_records(*twins, by=rep)
    with pytest.raises(PermissionDenied):
        undo_merge(merge, by=outsider)
    undo_merge(merge, by=manager)


# --- At once -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_merges_at_once_one_wins(rep):
    a, b, c = AccountFactory.create_batch(3, owner=rep)
    outcomes = []
    start = threading.Barrier(4)

    def merge(winner, loser):
        start.wait()
        try:
            merge_records(winner, loser, by=rep)
            outcomes.append("merged")
        except WrongMoment:
            outcomes.append("refused")
        finally:
            connection.close()

    pairs = [(a, c), (b, c), (a, c), (b, c)]
    threads = [threading.Thread(target=merge, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused", "refused", "refused"]
    assert Merge.objects.count() == 1
    assert Account.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_that_merge_into_one_another_end_as_one(rep):
    a, b = AccountFactory.create_batch(2, owner=rep)
    outcomes = []

    def merge(winner, loser):
        try:
            merge_records(winner, loser, by=rep)
            outcomes.append("merged")
        except WrongMoment:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    assert Account.objects.count() == 1
