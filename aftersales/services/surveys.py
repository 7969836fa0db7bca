"""Surveys: scheduled by what happened, asked once, answered by link or on the phone."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from aftersales.models import Case, Survey, SurveyAnswer, SurveyQuestion, SurveyTemplate
from aftersales.services.cases import create_case
from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.lifecycle import advance
from crm.locks import lock, lock_one
from crm.models import Company
from crm.verbs import Verbs

MAIL_LANGUAGES = ("zh-hans", "en")


def main_contact(account):
    return account.contacts.filter(is_active=True).order_by("-is_primary", "pk").first()


# --- Invitations ----------------------------------------------------------------------------


@transaction.atomic
def schedule_surveys(trigger, *, by, order=None, case=None):
    """Schedule one survey per active template of the trigger; a second call adds nothing.

    The caller holds the lock of the order or case that triggers.
    """
    order = order or case.order
    account = case.account if case else order.account
    contact = (case.contact if case else None) or (order.contact if order else None)
    found = []
    for template in SurveyTemplate.objects.filter(trigger=trigger, is_active=True):
        if Survey.objects.filter(template=template, order=order, case=case).exists():
            continue
        survey = Survey(
            template=template,
            account=account,
            contact=contact or main_contact(account),
            order=order,
            case=case,
            rep=order.owner if order else account.owner,
            scheduled_at=timezone.now() + timedelta(days=template.days_after),
            journey=(case or order).journey,
        )
        found.append(lifecycle.create(survey, by=by, check=False))
    return found


@transaction.atomic
def create_survey(*, by, template, account, contact=None, order=None, scheduled_at=None):
    """Invite by hand. Without a time it goes out with the next run."""
    if order is not None and order.account_id != account.pk:
        raise ValidationError({"order": _("This order belongs to another customer.")})
    if contact is not None and contact.account_id != account.pk:
        raise ValidationError({"contact": _("This contact belongs to another customer.")})
    survey = Survey(
        template=template,
        account=account,
        contact=contact or main_contact(account),
        order=order,
        rep=order.owner if order else account.owner,
        scheduled_at=scheduled_at or timezone.now(),
    )
    if order is not None:
        survey.journey = order.journey
    return lifecycle.create(survey, by=by)


def send_surveys(at):
    """Send what is due at the aware time `at`; return how many invitations went out.

    Each survey is claimed in a transaction of its own, and mailed once that has committed. What
    no mail can reach stays scheduled, to be asked by phone.
    """
    sent = 0
    due = Survey.objects.due(at).exclude(contact=None).order_by("scheduled_at", "pk")
    for pk in due.values_list("pk", flat=True):
        sent += _send(pk, at)
    # Mails whose run was killed between the commit and the mail.
    lost = Survey.objects.filter(
        state="sent", mailed_at=None, sent_at__lt=at - timedelta(minutes=5)
    )
    for pk in lost.values_list("pk", flat=True):
        mail_survey(pk)
    return sent


@transaction.atomic
def _send(pk, at):
    # The contact's lock is the queue for the cap.
    lock(Contact.objects.filter(surveys=pk))
    rows = Survey.objects.due(at).select_for_update(of=("self",), skip_locked=True)
    survey = rows.filter(pk=pk).first()
    if survey is None:
        return 0
    template = survey.template
    if _asked_since(survey, at - timedelta(days=template.cap_days)):
        reason = gettext("This contact was asked less than %(days)s days ago.")
        advance(survey, "cancel", by=None, reason=reason % {"days": template.cap_days})
        return 0
    if not Survey.objects.mailable().filter(pk=pk).exists():
        return 0
    expires_on = timezone.localdate(at) + timedelta(days=template.valid_days)
    advance(survey, "send", by=None, expires_on=expires_on)
    # Robust: an address that the mail server refuses must not keep the others waiting.
    transaction.on_commit(lambda: mail_survey(pk), robust=True)
    return 1


def _asked_since(survey, start):
    others = Survey.objects.filter(contact=survey.contact_id).exclude(pk=survey.pk)
    return (
        others.filter(sent_at__gt=start).exists() or others.filter(answered_at__gt=start).exists()
    )


def mail_survey(pk):
    """Mail one invitation, once: the claim stays when sending fails, a second mail is worse."""
    claimed = Survey.objects.filter(pk=pk, state="sent", mailed_at=None)
    if not claimed.update(mailed_at=timezone.now()):
        return
    survey = Survey.objects.select_related("contact", "template", "order").get(pk=pk)
    context = {
        "survey": survey,
        "company": Company.current(),
        "url": settings.BASE_URL + reverse("aftersales:survey_public", args=[survey.token]),
    }
    subjects, bodies = [], []
    # The contact's language is not known: both, and the company's own once when they agree.
    for language in MAIL_LANGUAGES:
        with translation.override(language):
            subject = gettext("%(company)s: how satisfied are you?") % {
                "company": context["company"]
            }
            subjects.append(subject)
            bodies.append(render_to_string("aftersales/mail/survey.txt", context).strip())
    send_mail(
        " / ".join(dict.fromkeys(subjects)),
        "\n\n———\n\n".join(dict.fromkeys(bodies)) + "\n",
        None,
        [survey.contact.email],
    )


def open_survey(survey):
    """Note that the customer has opened the link; a second look changes nothing."""
    if survey.state == Survey.State.SENT:
        return advance(survey, "open", by=None)
    return survey


def expire_surveys(on):
    """Expire invitations whose last day lies before the local date `on`; return how many."""
    rows = Survey.objects.waiting_for_answer().filter(expires_on__lt=on)
    count = 0
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            [survey] = lock(Survey.objects.filter(pk=pk))
            if survey.state in (Survey.State.SENT, Survey.State.OPENED):
                advance(survey, "expire", by=None)
                count += 1
    return count


# --- Answers ----------------------------------------------------------------------------------


@transaction.atomic
def answer_survey(survey, *, by, **answers):
    """Keep the answers ({question.field: value}) and their mean; open a case when it is low.

    `by` None: the customer, through the link.
    """
    survey = lock_one(survey)
    if survey.expires_on and survey.expires_on < timezone.localdate() and by is None:
        raise WrongMoment(_("This survey is no longer open."))
    rows = []
    for question in survey.template.questions.all():
        value = answers.get(question.field) or ""
        if not value:
            if question.is_required:
                raise ValidationError({question.field: _("This answer is missing.")})
            continue
        if question.kind == SurveyQuestion.Kind.SCORE:
            rows.append(SurveyAnswer(survey=survey, question=question, score=int(value)))
        else:
            rows.append(SurveyAnswer(survey=survey, question=question, text=value))
    scores = [row.score for row in rows if row.score]
    score = None
    if scores:
        mean = Decimal(sum(scores)) / len(scores)
        score = mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    comment = "\n".join(row.text for row in rows if row.text)
    survey = advance(survey, "answer", by=by, score=score, comment=comment)
    for row in rows:
        row.full_clean()
    SurveyAnswer.objects.bulk_create(rows)
    if score is not None and score <= survey.template.low_score:
        _open_complaint(survey, by=by)
    return survey


def _open_complaint(survey, *, by):
    emit("survey.low_score", survey, by=by, score=survey.score)
    with translation.override(Company.language_for()):
        subject = gettext("Low score %(score)s in a survey") % {"score": survey.score}
    return create_case(
        by=None,
        check=False,
        survey=survey,
        account=survey.account,
        contact=survey.contact,
        order=survey.order,
        journey=survey.journey,
        kind=Case.Kind.COMPLAINT,
        channel=Case.Channel.SURVEY,
        priority=Case.Priority.HIGH,
        subject=subject,
        description=survey.comment,
    )


# --- Templates --------------------------------------------------------------------------------


@transaction.atomic
def create_template(*, by, lines=(), **fields):
    """A new questionnaire with its questions `lines`: [{text, kind, is_required, position}]."""
    template = lifecycle.create(SurveyTemplate(**fields), by=by)
    _write_questions(template, lines)
    return template


@transaction.atomic
def edit_template(template, *, by, version=None, lines=None, **changes):
    """Edit a questionnaire. Questions that were answered stay: their answers would lose sense."""
    template = lifecycle.edit(template, by=by, version=version, **changes)
    if lines is not None:
        _write_questions(template, lines)
    return template


def _write_questions(template, lines):
    if not lines:
        raise ValidationError(_("A survey needs at least one question."))
    left = {(q.text, q.kind): q for q in template.questions.all()}
    for place, line in enumerate(lines, start=1):
        fields = {name: value for name, value in line.items() if name != "position"}
        kind = fields.setdefault("kind", SurveyQuestion.Kind.SCORE)
        question = left.pop((line["text"], kind), None)
        question = question or SurveyQuestion(template=template)
        for name, value in fields.items():
            setattr(question, name, value)
        question.position = line.get("position") or place
        question.full_clean()
        question.save()
    for question in left.values():
        if question.answers.exists():
            raise DomainError(
                _("“%(question)s” has been answered: make a new template instead.")
                % {"question": question.text}
            )
        question.delete()


# Questions are data, in the company's language; an administrator words them anew.
DEFAULT_QUESTIONS = [
    (
        _("Are you satisfied with the quality of our product? (1 lowest, 10 highest)"),
        SurveyQuestion.Kind.SCORE,
        True,
    ),
    (_("Are you satisfied with delivery and packaging?"), SurveyQuestion.Kind.SCORE, True),
    (_("Are you satisfied with how we served and advised you?"), SurveyQuestion.Kind.SCORE, True),
    (_("What would you suggest or criticise?"), SurveyQuestion.Kind.TEXT, False),
]
DEFAULT_TEMPLATES = [
    (_("Satisfaction after delivery"), SurveyTemplate.Trigger.DELIVERY, 7),
    (_("Follow-up after service"), SurveyTemplate.Trigger.CASE, 1),
]


def add_default_templates():
    """Give a fresh installation its questionnaires; later they are the company's own."""
    if SurveyTemplate.objects.exists():
        return
    for name, trigger, days in DEFAULT_TEMPLATES:
        template = SurveyTemplate.objects.create(name=str(name), trigger=trigger, days_after=days)
        SurveyQuestion.objects.bulk_create(
            [
                SurveyQuestion(
                    template=template,
                    position=place,
                    text=str(text),
                    kind=kind,
                    is_required=required,
                )
                for place, (text, kind, required) in enumerate(DEFAULT_QUESTIONS, start=1)
            ]
        )


SURVEY_VERBS = Verbs(Survey, answer=answer_survey)
