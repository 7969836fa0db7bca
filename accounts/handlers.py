from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Account, Contact
from activities.kinds import Person, register_mail
from activities.models import Activity
from crm import events
from users.models import User

events.label("account.assigned", _("Owner changed"))
events.label("duplicatepair.dismissed", _("Not the same"))
for kind in ("account", "contact", "lead"):
    events.label(f"{kind}.merged", _("Merged with another record"))
    events.label(f"{kind}.merge_undone", _("Merge undone"))


@events.on("activity.logged")
def remember_contact(event, obj):
    """Whoever talks to the customer, or to somebody there, was in contact with it."""
    account = customer_of(obj)
    if account and event.data.get("kind") != "note":
        services.record_contact(account, contacted_at(event))


@events.on("activity.removed")
def forget_contact(event, activity):
    account = customer_of(activity.target)
    if account and account.last_contact_at and account.last_contact_at <= activity.happened_at:
        talks = Activity.objects.about(account)
        for contact in account.contacts.all():
            talks |= Activity.objects.about(contact)
        latest = talks.latest_contact()
        services.forget_contact(account, at=activity.happened_at, latest=latest)


def customer_of(obj):
    """The customer whom a call about `obj` reaches, or None."""
    return {Account: lambda: obj, Contact: lambda: obj.account}.get(type(obj), lambda: None)()


def contacted_at(event):
    """When the contact of an `activity.logged` event took place: never in the future."""
    happened = parse_datetime(str(event.data.get("at") or "")) or event.at
    return min(happened, event.at)


@events.audience("account.assigned", mail=True)
def new_owner(event, account):
    return [account.owner]


@events.audience("account.merged", "lead.merged", unseen=True)
def owners_of_merged(event, record):
    """Whose record was kept, and whose went into it and may be out of their sight now."""
    former = (event.data.get("owner") or {}).get("id")
    return {record.owner, User.objects.filter(pk=former).first()}


# --- Who can be written to ----------------------------------------------------------------------


def person(contact):
    return Person(contact.name, contact.email, contact, contact.wants_no_mail)


def people_of_account(account):
    return [person(row) for row in account.contacts.filter(is_active=True)]


def people_of_document(document):
    """The contact a document names first, then the others at its customer."""
    others = people_of_account(document.account)
    return sorted(others, key=lambda found: found.record.pk != document.contact_id)


CONTACT = {
    "contact.name": (_("contact: name"), lambda row: row.name),
    "contact.title": (_("contact: job title"), lambda row: row.title),
    "account.name": (_("customer: name"), lambda row: row.account.name),
}
register_mail(
    Contact,
    people=lambda contact: [person(contact)] if contact.is_active else [],
    placeholders=CONTACT,
    is_person=True,
)
register_mail(
    Account,
    people=people_of_account,
    placeholders={"account.name": (_("customer: name"), lambda account: account.name)},
)
