"""The figures of the sales reports: the rows under each, and whose reviews one may see.

Every figure is a queryset annotated with `who` (pk of the person), `day` (the local date that
counts) and `value` (in the company's currency where it is money). Sums, charts, targets and the
lists behind them all use the same rows, so that a list's total is the figure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db.models import (
    Avg,
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.models import Survey
from crm.fields import MoneyField
from crm.models import Company, Currency, ExchangeRate
from crm.money import ZERO
from crm.querysets import RecordQuerySet
from opportunities.models import Opportunity, Quotation
from orders.models import Order, OrderLine
from receivables.models import Payment, PaymentAllocation, Receivable
from users.models import Scope

WIDE = DecimalField(max_digits=36, decimal_places=10)


def converted(amount, currency, day, rate=None):
    """`amount` in the company's currency: at the document's own `rate`, else that of the day.

    Null without any rate: such a row is listed, and adds nothing.
    """
    company = Company.current().currency_id
    known = ExchangeRate.objects.filter(currency=OuterRef(currency), on__lte=day)
    of_the_day = Subquery(known.order_by("-on").values("rate")[:1])
    one = Value(Decimal(1), output_field=WIDE)
    rates = Case(
        When(**{currency: company}, then=one),
        default=Coalesce(rate, of_the_day) if rate is not None else of_the_day,
        output_field=WIDE,
    )
    product = ExpressionWrapper(F(amount) * rates, output_field=WIDE)
    return Round(product, Currency.digits_of(company), output_field=MoneyField())


def won():
    accepted = Quotation.objects.filter(opportunity=OuterRef("pk"), state="accepted")
    rate = Subquery(accepted.order_by("-pk").values("rate")[:1])
    return (
        Opportunity.objects.won()
        .select_related("account")
        .annotate(
            who=F("owner"),
            day=F("closed_on"),
            value=converted("amount", "currency", OuterRef("closed_on"), rate),
        )
    )


def confirmed_orders():
    return Order.objects.filter(confirmed_on__isnull=False).exclude(state="cancelled")


def ordered():
    return (
        confirmed_orders()
        .select_related("account")
        .annotate(
            who=F("owner"),
            day=F("confirmed_on"),
            value=converted("amount", "currency", OuterRef("confirmed_on"), F("rate")),
        )
    )


def quantity():
    return (
        OrderLine.objects.filter(order__in=confirmed_orders())
        .select_related("order__account", "product")
        .annotate(who=F("order__owner"), day=F("order__confirmed_on"), value=F("quantity"))
    )


def collected():
    """Money only: a credit note pays a receivable, too, but nothing came in."""
    return (
        PaymentAllocation.objects.filter(reversed_at=None)
        .exclude(payment__method=Payment.Method.CREDIT)
        .select_related(
            "payment__account", "receivable__order__account", "receivable__contract__account"
        )
        .annotate(
            who=Coalesce("receivable__order__owner", "receivable__contract__owner"),
            day=F("allocated_on"),
            value=converted(
                "amount", "payment__currency", OuterRef("allocated_on"), F("payment__rate")
            ),
        )
    )


def satisfaction():
    return (
        Survey.objects.filter(score__isnull=False)
        .select_related("account", "template")
        .annotate(who=F("rep"), day=TruncDate("answered_at"), value=F("score"))
    )


def pipeline():
    today = timezone.localdate()
    return (
        Opportunity.objects.open()
        .select_related("account")
        .annotate(
            who=F("owner"),
            day=F("expected_close_on"),
            value=converted("amount", "currency", Value(today)),
        )
    )


def weighted():
    full = pipeline().annotate(full=F("value"))
    share = ExpressionWrapper(F("full") * F("probability") / Decimal(100), output_field=WIDE)
    return full.annotate(value=Round(share, 2, output_field=MoneyField()))


def overdue():
    today = timezone.localdate()
    return (
        Receivable.objects.overdue(today)
        .select_related("account", "order__account", "contract__account")
        .annotate(
            who=Coalesce("order__owner", "contract__owner"),
            day=F("due_on"),
            value=converted("balance", "currency", Value(today), F("order__rate")),
        )
    )


@dataclass(frozen=True)
class Figure:
    """rows: its queryset. head: the relation that decides who sees a row ("" the row itself).

    unit: money, quantity or score; a score is a mean, the others are sums.
    """

    key: str
    label: object
    rows: Callable
    head: str = ""
    unit: str = "money"
    day: object = ""

    def visible_to(self, user):
        rows = self.rows()
        if not self.head:
            return rows.filter(pk__in=rows.model.objects.visible_to(user).values("pk"))
        head = rows.model._meta.get_field(self.head).related_model
        return rows.filter(**{f"{self.head}__in": head.objects.visible_to(user)})

    @property
    def aggregate(self):
        return Avg("value") if self.unit == "score" else Sum("value")

    def total(self, rows):
        """The figure over `rows`: a Decimal with 2 decimals, None for a mean of nothing."""
        return self.count_and_total(rows)[1]

    def count_and_total(self, rows):
        found = rows.aggregate(count=Count("pk"), total=self.aggregate)
        count, total = found["count"], found["total"]
        if total is None:
            return count, None if self.unit == "score" else ZERO
        return count, total.quantize(ZERO) if self.unit != "quantity" else total


FIGURES = {
    figure.key: figure
    for figure in (
        Figure("won", _("Won"), won, day=_("closed on")),
        Figure("ordered", _("Ordered"), ordered, day=_("confirmed on")),
        Figure("quantity", _("Quantity ordered"), quantity, "order", "quantity", _("confirmed on")),
        Figure("collected", _("Collected"), collected, "receivable", day=_("allocated on")),
        Figure("satisfaction", _("Satisfaction"), satisfaction, unit="score", day=_("answered on")),
        Figure("pipeline", _("Open opportunities"), pipeline, day=_("expected close")),
        Figure("weighted", _("Weighted by probability"), weighted, day=_("expected close")),
        Figure("overdue", _("Overdue receivables"), overdue, day=_("due on")),
    )
}


def narrowed(rows, *, people=None, starts_on=None, ends_on=None, phase="", undated=False):
    """Rows of a figure for `people`, with `day` from `starts_on` to `ends_on`, both included."""
    if people:
        rows = rows.filter(who__in=people)
    if starts_on:
        rows = rows.filter(day__gte=starts_on)
    if ends_on:
        rows = rows.filter(day__lte=ends_on)
    if undated:
        rows = rows.filter(day=None)
    if phase:
        rows = rows.filter(state=phase)
    return rows


def counted(rows, field):
    """{value of `field`: (count, sum of the figure)} of a figure's rows, in one query."""
    groups = rows.order_by().values(field).annotate(count=Count("pk"), total=Sum("value"))
    return {row[field]: (row["count"], row["total"] or ZERO) for row in groups}


# --- Whose targets, scorecards and reviews ------------------------------------------------------

LEADING = "performance.freeze_scorecard"


def led_by(user):
    """People below a manager: in the scope of the role that lets one measure others, not oneself."""
    people = get_user_model().objects.active().exclude(pk=user.pk)
    scope = user.scope_of(LEADING)
    if scope == Scope.ALL:
        return people
    if scope in (None, Scope.OWN) or user.team is None:
        return people.none()
    if scope == Scope.TEAM:
        return people.filter(team=user.team)
    return people.filter(team__path__startswith=user.team.path)


class OfPersonQuerySet(RecordQuerySet):
    """What measures a person is between them and those above, whatever else a role may see."""

    all_reaches_all = False
    of_the_person: set = set()
    of_the_superior: set = set()

    def permitted(self, user, permission):
        if not user.has_perm(permission):
            return self.none()
        verb = permission.partition(".")[2].rpartition("_")[0]
        own, led = self.own(user), Q(person__in=led_by(user))
        if verb in self.of_the_person:
            return self.filter(own)
        if verb in self.of_the_superior:
            return self.filter(led)
        return self.filter(own | led)

    def own(self, user):
        return Q(person=user.pk)


class TargetQuerySet(OfPersonQuerySet):
    of_the_superior = {"change", "publish", "close"}

    def own(self, user):
        """A target that is still a draft is its manager's business."""
        return Q(person=user.pk) & ~Q(state="draft")

    def published(self):
        return self.exclude(state="draft")

    def running(self, on):
        """Published targets whose period contains the local date `on`."""
        return self.filter(state="published", starts_on__lte=on, ends_on__gte=on)

    def with_actual(self):
        """Annotate `actual`, what the person has reached in the period (null: no score yet), and
        `company_currency`, the code of the currency of all money here."""
        return self.annotate(
            company_currency=Value(Company.current().currency_id),
            actual=Case(
                *(When(metric=key, then=self._actual(FIGURES[key])) for key in METRICS),
                output_field=DecimalField(max_digits=18, decimal_places=2),
            ),
        )

    def _actual(self, figure):
        rows = figure.rows().filter(
            who=OuterRef("person"), day__gte=OuterRef("starts_on"), day__lte=OuterRef("ends_on")
        )
        totals = rows.order_by().values("who").annotate(total=figure.aggregate).values("total")
        money = DecimalField(max_digits=18, decimal_places=2)
        if figure.unit == "score":
            return Round(Subquery(totals, output_field=money), 2)
        return Coalesce(Subquery(totals, output_field=money), Value(ZERO), output_field=money)


METRICS = ("won", "ordered", "quantity", "collected", "satisfaction")


class ReviewQuerySet(OfPersonQuerySet):
    of_the_person = {"assess", "acknowledge"}
    of_the_superior = {"share"}
