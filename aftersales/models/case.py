"""Cases of customers after delivery, and the improvements that come of them."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Account, Contact
from aftersales.querysets import CaseQuerySet, ImprovementQuerySet
from crm.lifecycle import condition
from crm.models import CustomisedModel, JourneyModel, OwnedModel, StatefulModel, acts
from orders.models import Order
from products.models import Product


def _passed(moment):
    return moment is not None and moment < timezone.now()


class Case(StatefulModel, OwnedModel, JourneyModel, CustomisedModel):
    """A question, complaint or repair of a customer, with two clocks that run in plain hours.

    respond_by and resolve_by follow from the priority. The clock for the solution stops while
    we wait for the customer and after a solution was given: `resolve_by` moves on by that time.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        ASSIGNED = "assigned", _("assigned")
        IN_PROGRESS = "in_progress", _("in progress")
        WAITING = "waiting", _("waiting for the customer")
        RESOLVED = "resolved", _("resolved")
        CLOSED = "closed", _("closed")

    class Kind(models.TextChoices):
        QUESTION = "question", pgettext_lazy("case", "question")
        COMPLAINT = "complaint", _("complaint")
        REPAIR = "repair", _("repair")
        RETURN = "return", _("return")
        EXCHANGE = "exchange", _("exchange")

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        MAIL = "mail", _("mail")
        CHAT = "chat", _("online chat")
        WEB = "web", _("web form")
        SURVEY = "survey", _("survey")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")
        URGENT = "urgent", _("urgent")

    BADGES = {
        State.ASSIGNED: "blue",
        State.IN_PROGRESS: "blue",
        State.WAITING: "amber",
        State.RESOLVED: "green",
        State.CLOSED: "green",
    }
    EDITABLE = (State.NEW, State.ASSIGNED, State.IN_PROGRESS, State.WAITING)
    journey_stage = 90

    state = FSMField(
        _("state"),
        choices=State.choices,
        default=State.NEW,
        protected=True,
        editable=False,
        db_index=True,
    )
    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="cases", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("order")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.QUESTION)
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.PHONE
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    respond_by = models.DateTimeField(_("respond by"), null=True, blank=True, editable=False)
    responded_at = models.DateTimeField(_("responded at"), null=True, blank=True, editable=False)
    resolve_by = models.DateTimeField(_("resolve by"), null=True, blank=True, editable=False)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True, editable=False)
    solution = models.TextField(_("solution"), blank=True, editable=False)
    cause = models.CharField(_("root cause"), max_length=200, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    # The survey whose low score opened this case.
    survey = models.OneToOneField(
        "aftersales.Survey",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="complaint",
        verbose_name=_("survey"),
    )

    objects = CaseQuerySet.as_manager()
    shared_fields = ("account", "priority", "state")
    search_fields = ("number", "subject", "account__name")
    is_searched = True
    remote_select = True
    REOPEN_DAYS = 7
    # Hours until the first response and until the solution.
    HOURS = {
        Priority.LOW: (24, 72),
        Priority.NORMAL: (8, 48),
        Priority.HIGH: (4, 24),
        Priority.URGENT: (1, 4),
    }

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = acts(
            "case", "assign", "start", "wait", "resume", "resolve", "close", "reopen"
        )

    def __str__(self):
        return f"{self.number} {self.subject}"

    def clean(self):
        if self.order_id and self.account_id and self.order.account_id != self.account_id:
            raise ValidationError({"order": _("This order belongs to another customer.")})
        if self.contact_id and self.account_id and self.contact.account_id != self.account_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})

    def set_clocks(self, start):
        """Count both due times from the aware datetime `start` by the priority."""
        first, solution = self.HOURS[self.priority]
        self.respond_by = start + timedelta(hours=first)
        self.resolve_by = start + timedelta(hours=solution)

    def pause_over(self, since):
        """Give back to the clock the time it stood still."""
        if self.resolve_by and since:
            self.resolve_by += timezone.now() - since

    @property
    def respond_badge(self):
        """red: nobody has answered in time."""
        return (
            "red" if self._is_open() and not self.responded_at and _passed(self.respond_by) else ""
        )

    @property
    def resolve_badge(self):
        """amber: the clock stands still; red: the limit has passed."""
        if self.state == self.State.WAITING:
            return "amber"
        return "red" if self._is_open() and _passed(self.resolve_by) else ""

    @property
    def clock_badge(self):
        """The more pressing of the two clocks."""
        if self.state == self.State.WAITING:
            return "amber"
        return self.respond_badge or self.resolve_badge

    def _is_open(self):
        return self.state not in (self.State.RESOLVED, self.State.CLOSED)

    @condition(_("The days within which a case may be reopened are over."))
    def is_reopenable(self):
        ended = self.closed_at or self.resolved_at
        return ended is None or timezone.now() - ended <= timedelta(days=self.REOPEN_DAYS)

    @transition(
        state,
        [State.NEW, State.ASSIGNED, State.IN_PROGRESS],
        State.ASSIGNED,
        permission="aftersales.assign_case",
        custom={"label": _("Assign"), "form": "aftersales.forms.AssignCaseForm"},
    )
    def assign(self, owner):
        self.owner = owner

    @transition(
        state,
        State.ASSIGNED,
        State.IN_PROGRESS,
        permission="aftersales.start_case",
        custom={"label": pgettext_lazy("case", "Start work"), "style": "primary"},
    )
    def start(self):
        self.responded_at = self.responded_at or timezone.now()

    @transition(
        state,
        State.IN_PROGRESS,
        State.WAITING,
        permission="aftersales.wait_case",
        custom={"label": _("Wait for the customer"), "form": "crm.forms.CommentForm"},
    )
    def wait(self, comment):
        self.waiting_since = timezone.now()

    @transition(
        state,
        State.WAITING,
        State.IN_PROGRESS,
        permission="aftersales.resume_case",
        custom={"label": _("Resume"), "style": "primary"},
    )
    def resume(self):
        self.pause_over(self.waiting_since)
        self.waiting_since = None

    @transition(
        state,
        [State.IN_PROGRESS, State.WAITING],
        State.RESOLVED,
        permission="aftersales.resolve_case",
        custom={
            "label": _("Resolve"),
            "style": "primary",
            "form": "aftersales.forms.ResolveCaseForm",
        },
    )
    def resolve(self, solution, cause=""):
        self.solution = solution
        self.cause = cause
        self.pause_over(self.waiting_since)
        self.waiting_since = None
        self.resolved_at = timezone.now()

    @transition(
        state,
        State.RESOLVED,
        State.CLOSED,
        permission="aftersales.close_case",
        custom={"label": _("Close"), "style": "primary"},
    )
    def close(self):
        self.closed_at = timezone.now()

    @transition(
        state,
        [State.RESOLVED, State.CLOSED],
        State.IN_PROGRESS,
        conditions=[is_reopenable],
        permission="aftersales.reopen_case",
        custom={"label": _("Reopen"), "form": "crm.forms.CommentForm"},
    )
    def reopen(self, comment):
        self.pause_over(self.resolved_at)
        self.resolved_at = None
        self.closed_at = None


class Improvement(StatefulModel, OwnedModel, JourneyModel):
    """What is changed because of feedback, with a figure before and the same figure after."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", pgettext_lazy("improvement", "accepted")
        IN_PROGRESS = "in_progress", _("in progress")
        DONE = "done", _("done")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")

    BADGES = {
        State.ACCEPTED: "blue",
        State.IN_PROGRESS: "blue",
        State.DONE: "amber",
        State.VERIFIED: "green",
        State.REJECTED: "red",
    }
    EDITABLE = (State.PROPOSED, State.ACCEPTED, State.IN_PROGRESS)
    journey_stage = 110

    state = FSMField(
        _("state"), choices=State.choices, default=State.PROPOSED, protected=True, editable=False
    )
    title = models.CharField(_("title"), max_length=200)
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="improvements",
        verbose_name=_("case"),
    )
    description = models.TextField(_("what is to change"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    measure = models.CharField(_("figure that shows the effect"), max_length=200, blank=True)
    baseline = models.DecimalField(
        _("figure before"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    effect = models.DecimalField(
        _("figure after"), max_digits=14, decimal_places=2, null=True, blank=True, editable=False
    )

    objects = ImprovementQuerySet.as_manager()
    search_fields = ("title",)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        permissions = acts("improvement", "accept", "reject", "start", "finish", "verify")

    def __str__(self):
        return self.title

    @condition(_("The figure that shows the effect and its value before are missing."))
    def has_baseline(self):
        return bool(self.measure) and self.baseline is not None

    @transition(
        state,
        State.PROPOSED,
        State.ACCEPTED,
        permission="aftersales.accept_improvement",
        custom={"label": pgettext_lazy("improvement", "Accept"), "style": "primary"},
    )
    def accept(self):
        pass

    @transition(
        state,
        State.PROPOSED,
        State.REJECTED,
        permission="aftersales.reject_improvement",
        custom={"label": _("Reject"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def reject(self, reason):
        pass

    @transition(
        state,
        State.ACCEPTED,
        State.IN_PROGRESS,
        permission="aftersales.start_improvement",
        custom={"label": _("Start"), "style": "primary"},
    )
    def start(self):
        pass

    @transition(
        state,
        State.IN_PROGRESS,
        State.DONE,
        permission="aftersales.finish_improvement",
        custom={"label": _("Done"), "style": "primary"},
    )
    def finish(self):
        pass

    @transition(
        state,
        State.DONE,
        State.VERIFIED,
        conditions=[has_baseline],
        permission="aftersales.verify_improvement",
        custom={
            "label": _("Verify"),
            "style": "primary",
            "form": "aftersales.forms.VerifyImprovementForm",
        },
    )
    def verify(self, effect):
        self.effect = effect
