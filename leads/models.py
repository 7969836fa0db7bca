"""Leads: somebody who might buy, until we know; and the pools nobody's leads lie in."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import (
    Account,
    Contact,
    KeyField,
    core_key,
    domain_key,
    mail_key,
    name_key,
    phone_key,
)
from crm.lifecycle import condition
from crm.models import (
    CustomisedModel,
    JourneyModel,
    MergeableModel,
    OwnedModel,
    RecordModel,
    StatefulModel,
    acts,
    standing,
)
from crm.querysets import ConfigurationQuerySet
from leads.querysets import LeadQuerySet, PoolQuerySet
from planning.models import Campaign


class Source(RecordModel):
    """Where leads come from: call, mail, web, exhibition, referral …"""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("lead source")
        verbose_name_plural = _("lead sources")

    def __str__(self):
        return self.name


class Pool(RecordModel):
    """公海: rules for leads without an owner. Zero or empty means no limit."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    release_after_days = models.PositiveSmallIntegerField(
        _("days without follow-up before release"),
        null=True,
        blank=True,
        validators=[MinValueValidator(3)],
    )
    max_held = models.PositiveSmallIntegerField(
        _("leads one person may hold"), null=True, blank=True
    )
    claims_per_day = models.PositiveSmallIntegerField(_("claims per day"), null=True, blank=True)
    cooldown_days = models.PositiveSmallIntegerField(
        _("days before the last owner may claim again"), default=0
    )

    objects = PoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_pool"
            )
        ]

    def __str__(self):
        return self.name


class Answer(models.TextChoices):
    """An honest "unknown" is an answer; empty means nobody asked."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


def mask(text, head, tail):
    """Keep the first `head` and last `tail` characters; short texts are hidden whole."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


class Lead(StatefulModel, MergeableModel, OwnedModel, JourneyModel, CustomisedModel):
    """A person or company that might buy. Without an owner it lies in its pool."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        WORKING = "working", _("working")
        NURTURING = "nurturing", _("nurturing")
        QUALIFIED = "qualified", _("qualified")
        CONVERTED = "converted", _("converted")
        DISQUALIFIED = "disqualified", _("disqualified")

    BADGES = {
        State.WORKING: "blue",
        State.NURTURING: "amber",
        State.QUALIFIED: "green",
        State.CONVERTED: "green",
        State.DISQUALIFIED: "red",
    }
    EDITABLE = (State.NEW, State.WORKING, State.NURTURING, State.QUALIFIED)
    journey_stage = 10

    state = FSMField(
        _("state"),
        choices=State.choices,
        default=State.NEW,
        protected=True,
        editable=False,
        db_index=True,
    )
    name = models.CharField(_("contact person"), max_length=100)
    company = models.CharField(_("company"), max_length=200, blank=True)
    company_key = KeyField(source="company", make=name_key)
    company_core_key = KeyField(source="company", make=core_key)
    phone_key = KeyField(source="phone", make=phone_key)
    mail_key = KeyField(source="email", make=mail_key)
    domain_key = KeyField(source="email", make=domain_key)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("source"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("campaign"),
    )
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("pool")
    )
    need = models.TextField(_("need"), blank=True)
    has_budget = models.CharField(
        _("budget available"), max_length=10, choices=Answer.choices, blank=True
    )
    has_authority = models.CharField(
        _("talks to the decision maker"), max_length=10, choices=Answer.choices, blank=True
    )
    has_timing = models.CharField(
        _("time frame known"), max_length=10, choices=Answer.choices, blank=True
    )
    description = models.TextField(_("notes"), blank=True)
    resume_on = models.DateField(_("resume on"), null=True, blank=True, editable=False)
    disqualify_reason = models.CharField(
        _("reason of disqualification"), max_length=200, blank=True, editable=False
    )
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    owned_since = models.DateTimeField(_("owned since"), null=True, blank=True, editable=False)
    # Work began again: resumed after nurturing, or reopened. The clock of the pool starts anew.
    restarted_at = models.DateTimeField(
        _("work began again"), null=True, blank=True, editable=False
    )
    last_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last owner"),
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    # The date of release the owner was warned of; empty again as soon as something is done.
    warned_on = models.DateField(null=True, blank=True, editable=False)
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="leads",
        verbose_name=_("customer it became"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="leads",
        verbose_name=_("contact it became"),
    )

    objects = standing(LeadQuerySet)
    shared_fields = ("source",)
    search_fields = ("name", "company", "phone", "email")
    is_searched = True
    remote_select = True
    duplicate_facts = {
        "name": ("company_key",),
        "core": ("company_core_key",),
        "email": ("mail_key",),
        "phone": ("phone_key",),
        "domain": ("domain_key",),
    }
    merge_needs = {"owner": "leads.assign_lead"}
    merge_latest = ("last_contact_at",)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        permissions = acts(
            "lead",
            "start_work",
            "nurture",
            "resume",
            "qualify",
            "convert",
            "disqualify",
            "reopen",
            "claim",
            "assign",
            "release",
            "merge",
        )
        indexes = [
            models.Index(fields=["owner", "state"], name="lead_owner_state"),
            models.Index(fields=["pool"], condition=models.Q(owner=None), name="lead_pool"),
        ]

    def __str__(self):
        return f"{self.name} · {self.company}" if self.company else self.name

    @classmethod
    def comparable(cls):
        # What became of a converted lead is found as customer and contact.
        return super().comparable().exclude(state=cls.State.CONVERTED)

    def merge_refusal(self):
        if self.state == self.State.CONVERTED:
            return _("A converted lead cannot be merged: merge the customers instead.")
        return None

    @property
    def is_live(self):
        return self.state not in (self.State.CONVERTED, self.State.DISQUALIFIED)

    @property
    def rules(self):
        """The pool whose rules apply: its own, else the default one; None when there is none."""
        return self.pool or Pool.objects.default()

    # What is masked in the pool, to be read by those who take a lead over.
    open_rows = models.Q(owner__isnull=False)

    def hidden_from(self, user):
        return set() if self.owner_id else {"phone", "email", "wechat"}

    @property
    def shown_phone(self):
        """The number, but only its ends while the lead lies in the pool."""
        return self.phone if self.owner_id else mask(self.phone, 3, 4)

    @property
    def shown_email(self):
        name, at, domain = self.email.partition("@")
        return self.email if self.owner_id else mask(name, 1, 0) + at + domain

    @property
    def shown_wechat(self):
        return self.wechat if self.owner_id else mask(self.wechat, 2, 0)

    @condition(_("The lead has no owner yet: claim or assign it first."))
    def has_owner(self):
        return self.owner_id is not None

    @condition(_("A reachable channel is missing: phone, email or WeChat."))
    def is_reachable(self):
        return bool(self.phone or self.email or self.wechat)

    @condition(_("The need has not been written down."))
    def states_need(self):
        return bool(self.need.strip())

    @condition(_("Budget, authority and timing must be answered; unknown is an answer."))
    def is_questioned(self):
        return bool(self.has_budget and self.has_authority and self.has_timing)

    @transition(
        state,
        State.NEW,
        State.WORKING,
        conditions=[has_owner],
        permission="leads.start_work_lead",
        custom={"label": _("Start work"), "style": "primary"},
    )
    def start_work(self):
        pass

    @transition(
        state,
        [State.WORKING, State.QUALIFIED],
        State.NURTURING,
        conditions=[has_owner],
        permission="leads.nurture_lead",
        custom={"label": _("Nurture"), "form": "leads.forms.NurtureForm"},
    )
    def nurture(self, resume_on):
        self.resume_on = resume_on

    @transition(
        state,
        State.NURTURING,
        State.WORKING,
        permission="leads.resume_lead",
        custom={"label": _("Resume"), "style": "primary"},
    )
    def resume(self):
        self.resume_on = None
        self.restart()

    @transition(
        state,
        [State.WORKING, State.NURTURING],
        State.QUALIFIED,
        conditions=[has_owner, is_reachable, states_need, is_questioned],
        permission="leads.qualify_lead",
        custom={"label": _("Qualify"), "style": "primary"},
    )
    def qualify(self):
        self.resume_on = None

    @transition(
        state,
        State.QUALIFIED,
        State.CONVERTED,
        conditions=[has_owner],
        permission="leads.convert_lead",
        custom={"label": _("Convert"), "automatic": True},
    )
    def convert(self, account, contact):
        self.account = account
        self.contact = contact

    @transition(
        state,
        [State.NEW, State.WORKING, State.NURTURING, State.QUALIFIED],
        State.DISQUALIFIED,
        permission="leads.disqualify_lead",
        custom={"label": _("Disqualify"), "style": "danger", "form": "leads.forms.DisqualifyForm"},
    )
    def disqualify(self, reason):
        self.disqualify_reason = reason

    @transition(
        state,
        State.DISQUALIFIED,
        State.NEW,
        permission="leads.reopen_lead",
        custom={"label": _("Reopen"), "form": "crm.forms.CommentForm"},
    )
    def reopen(self, comment):
        self.disqualify_reason = ""
        self.restart()

    def restart(self):
        self.restarted_at = timezone.now()
        self.warned_on = None
