"""Templates, and mails to single people: sent once, after commit, and logged where they belong."""

import logging
from datetime import timedelta
from pathlib import PurePath

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activities import kinds
from activities.models import Activity, Mail, MailTemplate
from activities.placeholders import fill
from activities.services.followups import log_activity
from crm import lifecycle
from crm.errors import DomainError
from crm.events import emit
from crm.mailserver import is_reached
from crm.models import Company
from crm.papers import paper_of, press

logger = logging.getLogger(__name__)
MOST = 500  # of one run; the next one takes the rest
State = Mail.State


def create_template(*, by, **fields):
    """Keep a template; ValidationError lists placeholders that its kind does not know."""
    return lifecycle.create(MailTemplate(**fields), by=by)


def about(obj):
    """Lookups of the mails about one record."""
    return {"content_type": ContentType.objects.get_for_model(obj), "object_id": obj.pk}


def people_of(record):
    """Persons with an address who can be written to about `record`."""
    kind = kinds.MAIL.get(type(record))
    return [person for person in kind.people(record) if person.email] if kind else []


def filled(template, record, person, sender):
    """(subject, body) of `template` about `record` to `person`, in the template's language."""
    kind = kinds.mail_kind(template.kind)
    with translation.override(template.language or Company.language_for()):
        subject = fill(template.subject, kind, record, person, sender)
        # A name with a line break must not become a header.
        return " ".join(subject.split()), fill(template.body, kind, record, person, sender)


@transaction.atomic
def write_mail(target, *, by, to, subject, body, paper=""):
    """Send a mail to the address `to`, one of the people of `target`; return the Mail.

    paper: the language in which `target` goes along as PDF, "" if it does not.
    Raises ValidationError for any other address, DomainError where there is no such document.
    """
    lifecycle.require(by, Mail.permission("add"))
    person = next((p for p in people_of(target) if p.email == to), None)
    if person is None:
        raise ValidationError({"to": _("This address does not belong to the record.")})
    mail = Mail(
        target=target,
        sender=by,
        to_name=person.name,
        to_email=person.email,
        subject=" ".join(subject.split()),
        body=body,
    )
    mail.full_clean()
    if paper:
        mail.paper = print_record(target, by=by, language=paper)
    mail.save()
    from activities.tasks import send_mail

    send_mail.delay_on_commit(mail.pk)
    return mail


def print_record(record, *, by, language):
    """The file (name, PDF) of a record as `by` may print it now: what is sent later is what was
    written, whatever becomes of the record."""
    paper = paper_of(type(record))
    if paper is None or not paper.may(by):
        raise PermissionDenied
    pdf, name = press.draw(paper, record, by, language)
    emit("paper.made", record, by=by, language=language)
    return ContentFile(pdf, name)


def claim(pk, at):
    """The waiting mail, claimed for sending by this run; None when another has it."""
    rows = Mail.objects.filter(pk=pk, status=State.WAITING, mailing=None)
    if not rows.update(status=State.SENDING, claimed_at=at):
        return None
    return Mail.objects.select_related("sender").get(pk=pk)


def send_one(pk):
    """Send one mail that was written by hand; False when another run has done so, and while the
    mail server is not reached."""
    return is_reached() and send_claimed(pk)


def send_claimed(pk):
    mail = claim(pk, timezone.now())
    return mail is not None and deliver(mail)


def deliver(mail, headers=None, footer=""):
    """Hand a claimed mail, with `footer` below it, to the mail server; log it on its record."""
    sender = mail.sender
    reply_to = [sender.email] if sender.email else None
    message = EmailMessage(
        mail.subject,
        mail.body + footer,
        None,
        [mail.to_email],
        reply_to=reply_to,
        headers=headers,
    )
    try:
        if mail.paper:
            message.attach(PurePath(mail.paper.name).name, mail.paper.read(), "application/pdf")
        message.send()
    except (OSError, ValueError) as error:  # refused, or an address no server takes
        logger.exception("mail %s was not sent", mail.pk)
        failed(mail, str(error))
        return False
    sent = {"status": State.SENT, "sent_at": timezone.now()}
    try:
        with transaction.atomic():
            Mail.objects.filter(pk=mail.pk).update(**sent)
            log(mail)
    except (PermissionDenied, ValidationError, DomainError):
        # It has gone out, whatever its sender may no longer write into the history.
        logger.exception("mail %s was sent and not logged", mail.pk)
        Mail.objects.filter(pk=mail.pk).update(**sent)
    return True


def failed(mail, reason):
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(status=State.FAILED, reason=reason[:300])
        if mail.target is not None:
            emit("mail.failed", mail.target, recipient=mail.to_email, sender=mail.sender_id)


def log(mail):
    """The mail as an activity on the timeline of its record."""
    if mail.target is None:
        return
    # The name only: an address may be hidden again one day, a history stays.
    to = _("To: %(name)s") % {"name": mail.to_name}
    if mail.paper:
        to += "\n" + _("Attached: %(file)s") % {"file": PurePath(mail.paper.name).name}
    log_activity(
        mail.target,
        by=mail.sender,
        kind=Activity.Kind.MAIL,
        subject=mail.subject[:200],
        body=f"{to}\n\n{mail.body}",
    )


def send_waiting_mails(*, at):
    """Send what was written by hand and whose sending was lost; return how many.

    What a run that died has claimed may have gone out: it is marked, never sent again. Nor is
    what no mail server was reached for in a day: its sender is told.
    """
    stuck = Mail.objects.filter(status=State.SENDING, claimed_at__lt=at - timedelta(minutes=15))
    for mail in stuck.select_related("sender")[:MOST]:
        failed(mail, _("interrupted: it is not known whether it went out"))
    waiting = Mail.objects.filter(mailing=None, status=State.WAITING)
    for mail in waiting.filter(created_at__lt=at - timedelta(days=1))[:MOST]:
        failed(mail, _("the mail server was not reached for a day"))
    rows = waiting.filter(created_at__lt=at - timedelta(minutes=1))
    pks = list(rows.values_list("pk", flat=True)[:MOST])
    return sum(send_claimed(pk) for pk in pks) if pks and is_reached() else 0
