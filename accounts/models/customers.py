"""Customers: who they are, whom we talk to, where goods go and on which terms they pay."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.keys import (
    CREDIT_LENGTH,
    CreditCodeField,
    KeyField,
    code_key,
    core_key,
    domain_key,
    mail_key,
    name_key,
    person_key,
    phone_key,
    validate_credit_code,
)
from accounts.querysets import AccountQuerySet, OfAccountQuerySet
from crm.fields import MoneyField, PercentField
from crm.models import (
    STANDING,
    Currency,
    CustomisedModel,
    MergeableModel,
    OwnedModel,
    RecordModel,
    acts,
    standing,
)
from crm.querysets import ConfigurationQuerySet
from planning.models import Campaign


class PaymentTerm(RecordModel):
    """When a customer pays: a list of parts that adds up to the whole."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")

    def __str__(self):
        return self.name

    def check_parts(self, parts):
        """Raise ValidationError unless `parts` (unsaved TermParts) add up to the whole."""
        if not parts:
            raise ValidationError(_("A payment term needs at least one part."))
        percents = [part.percent for part in parts if part.percent is not None]
        rests = len(parts) - len(percents)
        if rests > 1:
            raise ValidationError(_("Only one part can be the rest."))
        if not rests and sum(percents) != 100:
            raise ValidationError(_("Without a rest, the percentages must add up to 100."))
        if rests and sum(percents) >= 100:
            raise ValidationError(_("The percentages leave nothing for the rest."))


class TermPart(models.Model):
    """`percent` of the amount (empty: the rest) falls due `days` after `event`."""

    class Event(models.TextChoices):
        SIGNING = "signing", _("signing of the contract")
        CONFIRMATION = "confirmation", _("confirmation of the order")
        SHIPMENT = "shipment", _("complete shipment")
        DELIVERY = "delivery", _("complete delivery")
        DATE = "date", _("a date")

    term = models.ForeignKey(PaymentTerm, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    label = models.CharField(_("label"), max_length=60)
    percent = PercentField(
        _("percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    event = models.CharField(_("counted from"), max_length=15, choices=Event.choices)
    days = models.PositiveSmallIntegerField(_("days after"), default=0)
    date = models.DateField(_("date"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        constraints = [
            models.UniqueConstraint(
                fields=["term"], condition=Q(percent=None), name="one_rest_a_term"
            ),
            models.CheckConstraint(
                condition=~Q(event="date") | Q(date__isnull=False), name="date_part_has_date"
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        if self.event == self.Event.DATE and self.date is None:
            raise ValidationError({"date": _("Give the date from which it counts.")})
        if self.percent is not None and self.percent <= 0:
            raise ValidationError({"percent": _("A part must be more than nothing.")})


class AccountClass(RecordModel):
    """A value class such as A, B, C, with the service its customers get."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=100)
    policy = models.TextField(_("service policy"), blank=True)
    visit_days = models.PositiveSmallIntegerField(
        _("days between return visits"), null=True, blank=True
    )

    objects = ConfigurationQuerySet.as_manager()
    search_fields = ("code", "name")

    class Meta:
        ordering = ["code"]
        verbose_name = _("customer class")
        verbose_name_plural = _("customer classes")

    def __str__(self):
        return f"{self.code} {self.name}"


class Account(MergeableModel, OwnedModel, CustomisedModel):
    """A company we sell to, or mean to. `exposure` is kept by accounts.services.record_exposure."""

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("prospect")
        CUSTOMER = "customer", _("customer")
        INACTIVE = "inactive", _("inactive")

    name = models.CharField(_("name"), max_length=200)
    # Without legal suffix, brackets, width and case: what duplicates share.
    name_key = KeyField(source="name", make=name_key)
    core_key = KeyField(source="name", make=core_key)
    phone_key = KeyField(source="phone", make=phone_key)
    credit_key = KeyField(source="credit_code", make=code_key)
    tax_key = KeyField(source="tax_number", make=code_key)
    domain_key = KeyField(source="website", make=domain_key)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PROSPECT
    )
    account_class = models.ForeignKey(
        AccountClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("class"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("parent company"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("campaign"),
    )
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = MoneyField(_("annual revenue"), null=True, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # 统一社会信用代码, 18 characters.
    credit_code = CreditCodeField(
        _("unified social credit code"),
        max_length=CREDIT_LENGTH,
        blank=True,
        validators=[validate_credit_code],
    )
    invoice_title = models.CharField(_("invoice title"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=60, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    payment_term = models.ForeignKey(
        PaymentTerm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment term"),
    )
    # Empty: no limit was set, credit is not checked.
    credit_limit = MoneyField(
        _("credit limit"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    exposure = MoneyField(_("credit in use"), default=0, editable=False)
    needs = models.TextField(_("needs and preferences"), blank=True)
    description = models.TextField(_("notes"), blank=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)

    objects = standing(AccountQuerySet)
    search_fields = ("name", "credit_code", "phone")
    shared_fields = ("status", "account_class", "industry", "region", "owner")
    is_searched = True
    remote_select = True
    duplicate_facts = {
        "credit_code": ("credit_key",),
        "tax_number": ("tax_key",),
        "name": ("name_key",),
        "core": ("core_key",),
        "phone": ("phone_key",),
        "domain": ("domain_key",),
    }
    merge_needs = {
        "owner": "accounts.assign_account",
        "credit_limit": "accounts.set_credit_account",
    }
    merge_prefers = {"status": "customer"}
    merge_latest = ("last_contact_at",)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = acts("account", "assign", "set_credit", "merge")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(merged_into=None),
                name="one_account_a_credit_code",
                violation_error_message=_("Another customer has this credit code."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")),
                name="account_not_its_own_parent",
                violation_error_message=_("A customer cannot be its own parent company."),
            ),
        ]
        # The list of everybody's and of one's own customers, and its count.
        indexes = [
            models.Index(fields=["name", "id"], condition=STANDING, name="account_name"),
            models.Index(fields=["owner", "name", "id"], condition=STANDING, name="account_owned"),
            models.Index(
                fields=["last_contact_at", "id"], condition=STANDING, name="account_last_contact"
            ),
            models.Index(fields=["region", "id"], condition=STANDING, name="account_region"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        seen, above = {self.pk}, self.parent
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": _("A customer cannot be its own parent company.")})
            seen.add(above.pk)
            above = above.parent


class Contact(MergeableModel, RecordModel, CustomisedModel):
    """A person at a customer; as visible as the customer."""

    class Role(models.TextChoices):
        DECIDES = "decides", _("decision maker")
        INFLUENCES = "influences", _("influencer")
        USES = "uses", _("user")
        BUYS = "buys", _("purchasing")
        PAYS = "pays", _("finance")
        OTHER = "other", _("other")

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="contacts", verbose_name=_("customer")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    role = models.CharField(
        _("part in the decision"), max_length=10, choices=Role.choices, blank=True
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    is_primary = models.BooleanField(_("main contact"), default=False)
    wants_no_mail = models.BooleanField(_("wants no mail"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    notes = models.TextField(_("notes"), blank=True)

    name_key = KeyField(source="name", make=person_key)
    phone_key = KeyField(source="phone", make=phone_key)
    mail_key = KeyField(source="email", make=mail_key)

    objects = standing(OfAccountQuerySet)
    search_fields = ("name", "phone", "email", "account__name")
    is_searched = True
    remote_select = True
    duplicate_facts = {
        "email": ("mail_key",),
        "phone": ("phone_key",),
        # Two people of one name are one only at the same customer.
        "person": ("name_key", "account"),
    }
    merge_prefers = {"is_primary": True, "wants_no_mail": True, "is_active": True}
    only_one = {"is_primary": ("account",)}

    class Meta:
        ordering = ["-is_primary", "name", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        permissions = acts("contact", "merge")
        indexes = [models.Index(fields=["name", "id"], condition=STANDING, name="contact_name")]

    def __str__(self):
        return self.name


class Address(RecordModel):
    class Kind(models.TextChoices):
        SHIPPING = "shipping", _("delivery")
        BILLING = "billing", pgettext_lazy("address", "invoice")
        OFFICE = "office", _("office")

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="addresses", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SHIPPING)
    recipient = models.CharField(_("recipient"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    province = models.CharField(_("province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    street = models.CharField(_("street"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    objects = OfAccountQuerySet.as_manager()
    search_fields = ("street", "city", "account__name")
    remote_select = True
    only_one = {"is_default": ("account", "kind")}

    class Meta:
        ordering = ["-is_default", "pk"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self):
        return " ".join(filter(None, [self.country, self.province, self.city, self.street]))
