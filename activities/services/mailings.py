"""Mailings: one template to many people, throttled, never twice, and not to who unsubscribed."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from activities import kinds
from activities.models import Mail, Mailing, MailTemplate, Unsubscribed
from activities.services.mails import State, deliver, filled, people_of
from crm import lifecycle
from crm.errors import DomainError
from crm.events import emit
from crm.mailserver import is_reached
from crm.verbs import Verbs

SALT = "activities.unsubscribe"
BATCH = 1000


@transaction.atomic
def create_mailing(*, by, name, template: MailTemplate, rows, per_minute=30):
    """Draft a mailing to the records `rows` (queryset of what `by` may see, of the template's
    kind); each address is there once. Raises DomainError when nobody has one."""
    kind = kinds.mail_kind(template.kind)
    if kind is None or not kind.is_person or rows.model is not kind.model:
        raise ValidationError({"template": _("This template is written about something else.")})
    mailing = Mailing(owner=by, name=name, template=template, per_minute=per_minute)
    lifecycle.create(mailing, by=by)
    without = 0
    batch = []
    for record in rows.order_by("pk").iterator(chunk_size=BATCH):
        person = next(iter(people_of(record)), None)
        if person is None:
            without += 1
            continue
        email = person.email.strip().lower()
        batch.append(
            Mail(mailing=mailing, target=record, sender=by, to_name=person.name, to_email=email)
        )
    # Two people with one address: the constraint keeps the first.
    Mail.objects.bulk_create(batch, batch_size=BATCH, ignore_conflicts=True)
    if not batch:
        raise DomainError(_("None of these records has a mail address."), code="no_address")
    Mailing.objects.filter(pk=mailing.pk).update(without_address=without)
    mailing.without_address = without
    return mailing


def start_mailing(mailing, *, by):
    """Begin, or go on after a stop; the first mails go out at once."""
    with transaction.atomic():
        mailing = lifecycle.advance(mailing, "start", by=by)
        from activities.tasks import send_mailing

        send_mailing.delay_on_commit(mailing.pk)
    return mailing


def send_mailings(*, at):
    """Send the next mails of every mailing under way; return how many went out."""
    rows = Mailing.objects.filter(state=Mailing.State.SENDING).order_by("pk")
    return sum(send_batch(pk, at=at) for pk in list(rows.values_list("pk", flat=True)))


def send_batch(pk, *, at):
    """Send what the throttle allows now: at most `per_minute` within any minute, and nothing while
    the mail server is not reached.

    Locks the mailing while it claims: two runs never take the same mail, nor too many.
    """
    if not is_reached():
        return 0
    with transaction.atomic():
        rows = Mailing.objects.select_for_update(of=("self",), skip_locked=True)
        mailing = rows.filter(pk=pk, state=Mailing.State.SENDING).first()
        if mailing is None:
            return 0
        recent = mailing.mails.filter(claimed_at__gt=at - timedelta(minutes=1)).count()
        waiting = mailing.mails.filter(status=State.WAITING).order_by("pk")
        pks = list(waiting.values_list("pk", flat=True)[: max(0, mailing.per_minute - recent)])
        Mail.objects.filter(pk__in=pks).update(status=State.SENDING, claimed_at=at)
    mails = Mail.objects.filter(pk__in=pks).select_related("sender").order_by("pk")
    sent = sum(send(mail, mailing.template) for mail in mails)
    finish(pk)
    return sent


def finish(pk):
    """Close a mailing of which nothing is left to send."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=pk)
        left = mailing.mails.filter(status__in=[State.WAITING, State.SENDING])
        if mailing.state == Mailing.State.SENDING and not left.exists():
            lifecycle.advance(mailing, "finish", by=None)


def send(mail, template):
    """Fill in and send one claimed mail, unless its person does not want it by now."""
    record = mail.target
    person, refusal = wanted(mail, record)
    if refusal:
        Mail.objects.filter(pk=mail.pk).update(status=State.SKIPPED, reason=refusal)
        return False
    url = unsubscribe_url(mail)
    subject, body = filled(template, record, person, mail.sender)
    with translation.override(template.language):
        footer = _("No more such mails: %(url)s") % {"url": url}
    mail.subject, mail.body = subject[:300], body
    Mail.objects.filter(pk=mail.pk).update(subject=mail.subject, body=mail.body)
    headers = {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return deliver(mail, headers=headers, footer=f"\n\n--\n{footer}\n")


def wanted(mail, record):
    """(person, "") or (None, why not), as things stand at this moment."""
    sender = mail.sender
    if record is None or not sender.is_active:
        return None, _("the record or the sender is gone")
    if not type(record).objects.visible_to(sender).filter(pk=record.pk).exists():
        return None, _("no longer visible to the sender")
    people = [p for p in people_of(record) if p.email.strip().lower() == mail.to_email]
    if not people:
        return None, _("the address has changed")
    if people[0].wants_no_mail or Unsubscribed.objects.filter(email=mail.to_email).exists():
        return None, _("unsubscribed")
    return people[0], ""


# --- Unsubscribing ------------------------------------------------------------------------------


def unsubscribe_url(mail):
    token = signing.dumps(mail.pk, salt=SALT)
    return settings.BASE_URL + reverse("unsubscribe", args=[token])


def mail_of_token(token):
    """The mail whose link this is; None for a forged one."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Mail.objects.filter(pk=pk).first()


@transaction.atomic
def unsubscribe(mail):
    """Send no mailing to this address any more; a second call changes nothing."""
    _row, is_new = Unsubscribed.objects.get_or_create(email=mail.to_email)
    if is_new and mail.target is not None:
        emit("mail.unsubscribed", mail.target)


MAILING_VERBS = Verbs(Mailing, start=start_mailing)


def progress(mailing):
    """{status: number of mails} of those there are."""
    rows = mailing.mails.order_by().values("status").annotate(count=Count("pk"))
    return dict(rows.values_list("status", "count"))
