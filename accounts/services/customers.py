"""Every write about customers, the people there, their addresses and how they pay."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from accounts.querysets import assignable
from accounts.services.duplicates import ask_about_duplicates
from accounts.services.merging import merge_verb
from crm import lifecycle
from crm.cells import clauses, decimal, words
from crm.events import emit
from crm.locks import lock, lock_one
from crm.verbs import Verb, Verbs

# --- Accounts ---------------------------------------------------------------------------------


@transaction.atomic
def create_account(*, by, allow_duplicate=True, **fields):
    """Create a customer, owned by `by` unless an owner is given; a `credit_limit` is set as
    set_credit_account does.

    Doors for people pass `allow_duplicate` False: raises DuplicateFound when it may exist.
    """
    owner = fields.setdefault("owner", by)
    if owner != by:
        check_owner(owner, by=by, permission="accounts.assign_account")
    credit_limit = fields.pop("credit_limit", None)
    if not allow_duplicate:
        ask_about_duplicates(Account, fields, user=by)
    account = lifecycle.create(Account(**fields), by=by)
    if credit_limit is None:
        return account
    return set_credit_account(account, credit_limit=credit_limit, by=by)


@transaction.atomic
def edit_account(account, *, by, version=None, allow_duplicate=True, **changes):
    """Edit a customer. The owner changes by assign_account, the limit by set_credit_account.

    `allow_duplicate` as in create_account: asks when what is new makes it like another one.
    """
    if "owner" in changes and changes["owner"] != account.owner:
        raise ValidationError({"owner": _("Assign the customer to change its owner.")})
    if "credit_limit" in changes and changes["credit_limit"] != account.credit_limit:
        lifecycle.require(by, "accounts.set_credit_account", account)
    if not allow_duplicate:
        ask_about_duplicates(Account, changes, user=by, exclude=account)
    if changes.get("parent"):
        # Two people making each other's company a parent at once would close a circle.
        rows = lock(Account.objects.filter(pk__in={account.pk, changes["parent"].pk}))
        changes["parent"] = next(row for row in rows if row.pk == changes["parent"].pk)
    return lifecycle.edit(account, by=by, version=version, **changes)


def check_owner(owner, *, by, permission):
    """Refuse an owner outside the scope in which `by` may give records away."""
    if owner is None:
        return
    lifecycle.require(by, permission)
    if not assignable(by, permission).filter(pk=owner.pk).exists():
        raise ValidationError(
            {"owner": _("%(person)s cannot be given records by you.") % {"person": owner}}
        )


@transaction.atomic
def assign_account(account, *, owner, by):
    """Give a customer to another active person within the scope of `by`."""
    fresh = lock_one(account)
    lifecycle.require(by, "accounts.assign_account", fresh)
    check_owner(owner, by=by, permission="accounts.assign_account")
    previous = fresh.owner
    if previous == owner:
        raise ValidationError({"owner": _("%(person)s is the owner already.") % {"person": owner}})
    fresh.owner = owner
    fresh.version += 1
    fresh.save()
    emit("account.assigned", fresh, by=by, changes={"owner": [previous, owner]})
    return fresh


@transaction.atomic
def set_credit_account(account, *, credit_limit, by):
    """Set how much the customer may owe; None: no limit, credit is not checked."""
    fresh = lock_one(account)
    lifecycle.require(by, "accounts.set_credit_account", fresh)
    return lifecycle.write(fresh, by=by, credit_limit=credit_limit)


@transaction.atomic
def become_customer(account, *, by):
    """Mark that the account has bought; a second call changes nothing."""
    fresh = lock_one(account)
    return lifecycle.write(fresh, by=by, status=Account.Status.CUSTOMER)


def record_contact(account, at):
    """Remember the latest contact; an earlier one changes nothing."""
    later = Account.objects.filter(pk=account.pk).exclude(last_contact_at__gte=at)
    later.update(last_contact_at=at)


def forget_contact(account, *, at, latest):
    """A contact at `at` was logged by mistake: if it was the last one, `latest` was (or None)."""
    rows = Account.objects.filter(pk=account.pk, last_contact_at__lte=at)
    rows.update(last_contact_at=latest)


def record_exposure(account, amount):
    """Store the credit in use, counted by receivables from its own rows."""
    Account.objects.filter(pk=account.pk).update(exposure=amount)


ACCOUNT_VERBS = Verbs(
    Account,
    assign=Verb(
        run=assign_account,
        label=gettext_lazy("Change owner"),
        permission="accounts.assign_account",
        form="accounts.forms.AssignAccountForm",
    ),
    set_credit=Verb(
        run=set_credit_account,
        label=gettext_lazy("Set credit limit"),
        permission="accounts.set_credit_account",
        form="accounts.forms.CreditForm",
    ),
    merge=merge_verb(Account),
)
CONTACT_VERBS = Verbs(Contact, merge=merge_verb(Contact))


# --- People and addresses -----------------------------------------------------------------------


@transaction.atomic
def create_contact(*, by, account, allow_duplicate=True, **fields):
    """Add a person to a customer; a new main contact replaces the old one.

    `allow_duplicate` as in create_account.
    """
    account = lock_one(account)
    if not allow_duplicate:
        ask_about_duplicates(Contact, {"account": account, **fields}, user=by)
    contact = lifecycle.create(Contact(account=account, **fields), by=by)
    _only_one(contact, "is_primary", account.contacts.all(), by=by)
    return contact


def create_main_contact(account, *, by, **fields):
    return create_contact(by=by, account=account, is_primary=True, **fields)


@transaction.atomic
def edit_contact(contact, *, by, version=None, allow_duplicate=True, **changes):
    account = lock_one(changes.get("account") or contact.account)
    if not allow_duplicate:
        ask_about_duplicates(Contact, changes, user=by, exclude=contact)
    contact = lifecycle.edit(contact, by=by, version=version, **changes)
    _only_one(contact, "is_primary", account.contacts.all(), by=by)
    return contact


@transaction.atomic
def create_address(*, by, account, **fields):
    """Add an address to a customer; a new default replaces the old one of its kind."""
    account = lock_one(account)
    address = lifecycle.create(Address(account=account, **fields), by=by)
    _only_one(address, "is_default", account.addresses.filter(kind=address.kind), by=by)
    return address


def create_main_address(account, *, by, **fields):
    """Add where the goods usually go."""
    return create_address(by=by, account=account, is_default=True, **fields)


@transaction.atomic
def edit_address(address, *, by, version=None, **changes):
    account = lock_one(changes.get("account") or address.account)
    address = lifecycle.edit(address, by=by, version=version, **changes)
    _only_one(address, "is_default", account.addresses.filter(kind=address.kind), by=by)
    return address


def _only_one(chosen, flag, rows, *, by):
    if getattr(chosen, flag):
        for other in lock(rows.filter(**{flag: True}).exclude(pk=chosen.pk)):
            lifecycle.write(other, by=by, **{flag: False})


# --- Classes and payment terms --------------------------------------------------------------------


def create_account_class(*, by, **fields):
    return lifecycle.create(AccountClass(**fields), by=by)


def edit_account_class(account_class, *, by, version=None, **changes):
    return lifecycle.edit(account_class, by=by, version=version, **changes)


@transaction.atomic
def create_payment_term(*, by, lines, **fields):
    """Create a term with its parts. `lines`: dicts of label, event, days; percent None: the rest;
    date for the event "date"."""
    term = lifecycle.create(PaymentTerm(**fields), by=by)
    _write_parts(term, lines)
    return term


@transaction.atomic
def edit_payment_term(term, *, by, version=None, lines=None, **changes):
    """Edit a term; `lines` replaces its parts. Schedules made earlier keep theirs."""
    before = describe_term(term)
    term = lifecycle.edit(term, by=by, version=version, **changes)
    if lines is not None:
        _write_parts(term, lines)
        if (after := describe_term(term)) != before:
            emit("paymentterm.edited", term, by=by, changes={"parts": [before, after]})
    return term


def _write_parts(term, lines):
    parts = [TermPart(term=term, position=n, **_part(line)) for n, line in enumerate(lines, 1)]
    for part in parts:
        part.full_clean(validate_unique=False, validate_constraints=False)
    term.check_parts(parts)
    term.parts.all().delete()
    TermPart.objects.bulk_create(parts)


def _part(line):
    names = ("label", "percent", "event", "days", "date")
    return {name: line[name] for name in names if line.get(name) is not None}


def describe_term(term):
    """The parts in words: "30 % on signing of the contract; the rest 30 days after …"."""
    return clauses(describe_part(part) for part in term.parts.all())


def describe_part(part):
    """One part in words, such as "Deposit: 30 %, 10 days after signing of the contract"."""
    share = _("the rest")
    if part.percent is not None:
        share = _("%(percent)s %%") % {"percent": decimal(part.percent)}
    since = words(part.date) if part.event == part.Event.DATE else part.get_event_display()
    if part.days:
        moment = _("%(days)d days after %(event)s") % {"days": part.days, "event": since}
    else:
        moment = _("on %(event)s") % {"event": since}
    words_of = {"part": part.label, "share": share, "moment": moment}
    return _("%(part)s: %(share)s, %(moment)s") % words_of
