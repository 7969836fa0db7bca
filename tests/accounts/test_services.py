from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Account, name_key, phone_key
from accounts.services import (
    assign_account,
    become_customer,
    create_account,
    create_address,
    create_contact,
    create_payment_term,
    describe_term,
    edit_account,
    edit_contact,
    edit_payment_term,
    record_contact,
    set_credit_account,
)
from activities.services import log_activity
from crm.models import Event, Notification
from tests.factories.accounts import AccountFactory, ContactFactory, PaymentTermFactory


@pytest.mark.parametrize(
    "text",
    [
        "云栖科技",
        "云栖科技有限公司",
        "云栖科技股份有限公司",
        "云栖（科技）有限责任公司",
        " 云栖科技 公司 ",
    ],
)
def test_legal_forms_brackets_and_blanks_do_not_make_another_company(text):
    assert name_key(text) == "云栖科技"


@pytest.mark.parametrize(
    "text", ["Acme Pumps", "ACME PUMPS CO., LTD.", "Ａｃｍｅ Ｐｕｍｐｓ Inc", "Acme (Pumps) GmbH"]
)
def test_width_case_and_latin_legal_forms_do_not_make_another_company(text):
    assert name_key(text) == "acmepumps"


def test_a_name_that_is_nothing_but_a_legal_form_keeps_it():
    assert name_key("公司") == "公司"
    assert name_key("Ltd") == "ltd"


def test_a_phone_number_is_the_same_however_it_is_written():
    written = ["+86 138 0013 8000", "138-0013-8000", "0086 13800138000", "１３８００１３８０００"]
    assert {phone_key(text) for text in written} == {"8613800138000"}
    assert phone_key("12345") == ""


def test_a_new_customer_belongs_to_whoever_enters_it(rep, teammate, manager):
    assert create_account(by=rep, name="Acme").owner == rep
    with pytest.raises(PermissionDenied):
        create_account(by=rep, name="Other", owner=teammate)
    assert create_account(by=manager, name="Other", owner=teammate).owner == teammate


def test_assigning_a_customer_tells_the_new_owner_once(
    rep, teammate, manager, mailoutbox, django_capture_on_commit_callbacks
):
    account = AccountFactory(owner=rep)
    with django_capture_on_commit_callbacks(execute=True):
        assign_account(account, owner=teammate, by=manager)
    account.refresh_from_db()
    assert account.owner == teammate
    assert Event.objects.get(name="account.assigned").data["changes"]["owner"][0]["label"] == "rep"
    assert [row.user for row in Notification.objects.all()] == [teammate]
    assert [mail.to for mail in mailoutbox] == [[teammate.email]]
    with pytest.raises(ValidationError, match="already"):
        assign_account(account, owner=teammate, by=manager)


def test_a_customer_goes_only_to_active_people_in_ones_scope(rep, teammate, manager, outsider):
    account = AccountFactory(owner=rep)
    with pytest.raises(PermissionDenied):
        assign_account(account, owner=teammate, by=rep)
    with pytest.raises(ValidationError):
        assign_account(account, owner=outsider, by=manager)
    teammate.is_active = False
    teammate.save()
    with pytest.raises(ValidationError):
        assign_account(account, owner=teammate, by=manager)


def test_editing_neither_changes_the_owner_nor_the_credit_limit(rep, teammate, finance):
    account = AccountFactory(owner=rep)
    with pytest.raises(ValidationError):
        edit_account(account, by=rep, owner=teammate)
    with pytest.raises(PermissionDenied):
        edit_account(account, by=rep, credit_limit=Decimal(9))
    with pytest.raises(PermissionDenied):
        set_credit_account(account, credit_limit=Decimal(9), by=rep)
    assert set_credit_account(account, credit_limit=Decimal(9), by=finance).credit_limit == 9


def test_companies_cannot_own_each_other_in_a_circle(manager, rep):
    top = AccountFactory(owner=rep)
    middle = AccountFactory(owner=rep, parent=top)
    bottom = AccountFactory(owner=rep, parent=middle)
    with pytest.raises(ValidationError, match="parent"):
        edit_account(top, by=manager, parent=bottom)
    with pytest.raises(ValidationError, match="parent"):
        edit_account(top, by=manager, parent=top)


def test_one_credit_code_belongs_to_one_customer(rep):
    create_account(by=rep, name="A", credit_code="91310000MA1FL1AB28")
    with pytest.raises(ValidationError, match="credit code"):
        create_account(by=rep, name="B", credit_code="91310000MA1FL1AB28")
    create_account(by=rep, name="C")
    create_account(by=rep, name="D")


def test_a_new_main_contact_replaces_the_old_one(rep):
    account = AccountFactory(owner=rep)
    first = create_contact(by=rep, account=account, name="A", is_primary=True)
    second = create_contact(by=rep, account=account, name="B", is_primary=True)
    first.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)
    edit_contact(first, by=rep, is_primary=True)
    assert [c.name for c in account.contacts.filter(is_primary=True)] == ["A"]


def test_each_kind_of_address_has_one_default(rep):
    account = AccountFactory(owner=rep)
    data = {"by": rep, "account": account, "is_default": True}
    create_address(**data, kind="shipping", street="Old")
    create_address(**data, kind="shipping", street="New")
    create_address(**data, kind="billing", street="Office")
    defaults = account.addresses.filter(is_default=True)
    assert {address.street for address in defaults} == {"New", "Office"}


def test_buying_makes_a_customer_once(rep):
    account = AccountFactory(owner=rep)
    become_customer(account, by=rep)
    become_customer(account, by=rep)
    account.refresh_from_db()
    assert account.status == Account.Status.CUSTOMER
    assert Event.objects.filter(name="account.edited").count() == 1


def test_a_call_with_somebody_there_is_a_contact_with_the_customer(rep):
    account = AccountFactory(owner=rep)
    contact = ContactFactory(account=account)
    log_activity(contact, by=rep, kind="note", subject="Birthday in May")
    account.refresh_from_db()
    assert account.last_contact_at is None
    log_activity(contact, by=rep, kind="call", subject="Called")
    account.refresh_from_db()
    latest = account.last_contact_at
    assert latest is not None
    record_contact(account, latest - timedelta(days=3))
    account.refresh_from_db()
    assert account.last_contact_at == latest <= timezone.now()


PARTS_THAT_DO_NOT_ADD_UP = [
    [],
    [{"label": "A", "event": "signing", "percent": Decimal(30)}],
    [{"label": "A", "event": "signing"}, {"label": "B", "event": "delivery"}],
    [
        {"label": "A", "event": "signing", "percent": Decimal(100)},
        {"label": "B", "event": "delivery"},
    ],
    [
        {"label": "A", "event": "signing", "percent": Decimal(60)},
        {"label": "B", "event": "delivery", "percent": Decimal(60)},
    ],
    [{"label": "A", "event": "date"}],
    [{"label": "A", "event": "signing", "percent": Decimal(0)}, {"label": "B", "event": "date"}],
]


@pytest.mark.parametrize("lines", PARTS_THAT_DO_NOT_ADD_UP)
def test_the_parts_of_a_payment_term_must_add_up(finance, lines):
    with pytest.raises(ValidationError):
        create_payment_term(by=finance, name="Wrong", lines=lines)


def test_a_payment_term_says_what_it_means(finance):
    lines = [
        {"label": "Deposit", "event": "signing", "percent": Decimal(30)},
        {"label": "Balance", "event": "delivery", "days": 30, "percent": None},
    ]
    term = create_payment_term(by=finance, name="30/70", lines=lines)
    assert describe_term(term) == (
        "Deposit: 30 %, on signing of the contract;"
        " Balance: the rest, 30 days after complete delivery"
    )
    lines[0]["percent"] = Decimal("50")
    edit_payment_term(term, by=finance, lines=lines)
    assert [part.percent for part in term.parts.all()] == [Decimal(50), None]
    assert "50 %" in Event.objects.get(name="paymentterm.edited").data["changes"]["parts"][1]


def test_only_finance_changes_payment_terms(rep):
    with pytest.raises(PermissionDenied):
        edit_payment_term(PaymentTermFactory(), by=rep, name="Better")
