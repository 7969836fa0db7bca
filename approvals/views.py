"""The inbox of whoever decides, the record of each request, and the rules."""

from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import kinds, services
from approvals.filters import RequestFilter, RuleFilter
from approvals.forms import ConditionFormSet, LevelFormSet, RuleForm
from approvals.models import ApprovalRequest, ApprovalRule, RequestLevel
from crm import context, days, home, menu
from crm.cells import Cell, Column, table
from crm.models import Company
from crm.pages import Pages
from crm.record import get_record
from crm.views import FormPage

MOST = 100
DECISIONS = ("approve", "send_back", "reassign")


def documents(requests, user):
    """{request pk: address of its document} as far as `user` may see the documents."""
    by_kind = {}
    for request in requests:
        by_kind.setdefault(request.content_type_id, []).append(request)
    found = {}
    for kind, group in by_kind.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is None or not hasattr(model.objects, "visible_to"):
            continue
        rows = model.objects.visible_to(user).in_bulk([request.object_id for request in group])
        for request in group:
            try:
                found[request.pk] = rows[request.object_id].get_absolute_url()
            except (KeyError, NoReverseMatch):
                continue
    return found


def facts(request, user, currency):
    """[(label, value)] of what the rules looked at, as far as `user` may see it."""
    kind = request.kind
    return [
        (capfirst(kinds.fact_label(kind, name)), kinds.fact_words(kind, name, value, currency))
        for name, value in kinds.facts_for(request, user).items()
    ]


def reasons(request, user, currency):
    found = kinds.reasons_for(request, user)
    return [str(services.sentence(request.kind, reason, currency)) for reason in found]


def holder(request):
    """Who has it now, as a Cell."""
    level = request.present_level
    return Cell(str(level.holder), "", "amber") if level else Cell("")


HOLDER = Column("holder", label=gettext_lazy("Waiting for"), value=holder)
SINCE = Column(
    "since",
    label=gettext_lazy("waiting since"),
    value=lambda request: request.since if request.present_level else None,
    sort="since",
)
KIND = Column("kind_label", label=gettext_lazy("document kind"), value=lambda row: row.kind_label)


def kind_of(rule):
    return kinds.label(rule.kind)


class RequestPages(Pages):
    model = ApprovalRequest
    columns = ("title", KIND, "submitted_by", "state", HOLDER, SINCE, "created_at")
    order = "-created_at"
    filterset = RequestFilter
    verbs = services.REQUEST_VERBS
    has_contacts = False
    empty = gettext_lazy(
        "No requests. Documents come here when a rule asks for their approval; without "
        "rules, none do."
    )
    begin = "approvals.approvalrule"
    groups = (
        (
            gettext_lazy("Request"),
            (KIND, "submitted_by", "created_at", HOLDER, SINCE, "closed_at"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).with_present_level()

    @classmethod
    def extra_groups(cls, obj, user):
        url = documents([obj], user).get(obj.pk, "")
        names = [reason["name"] for reason in obj.reasons]
        currency, document = (
            Company.current().currency_id,
            (capfirst(obj.kind_label), Cell(obj.title, url)),
        )
        why = list(zip(names, map(Cell, reasons(obj, user, currency)), strict=True))
        return [
            (_("Document"), [document, *facts(obj, user, currency)]),
            (_("Why approval is needed"), why),
        ]

    @classmethod
    def verb_facts(cls, obj, verb, user):
        """As in the inbox: nobody decides, on My day or on a phone, without what it is about."""
        if verb not in DECISIONS:
            return []
        [(label, about), (why, sentences)] = cls.extra_groups(obj, user)
        about[1:1] = [(_("Submitted by"), obj.submitted_by)]
        cells = [
            (name, cell if isinstance(cell, Cell) else Cell(str(cell))) for name, cell in about
        ]
        return [(label, cells), (why, sentences)]

    @classmethod
    def tables(cls, obj, user):
        badges = {
            RequestLevel.Decision.APPROVED: "green",
            RequestLevel.Decision.RETURNED: "red",
        }
        columns = (
            Column("position", label=_("Level"), numeric=False),
            Column("holder", label=_("Who decides"), value=lambda level: str(level.holder)),
            Column("decision", badge=lambda level: badges.get(level.decision, "")),
            "decided_by",
            "decided_at",
            "comment",
        )
        rows = obj.levels.select_related("role", "person", "decided_by")
        return [table(_("Levels"), RequestLevel, columns, rows, user)]


class RulePages(Pages):
    model = ApprovalRule
    columns = (
        "name",
        Column("kind", label=gettext_lazy("document kind"), value=kind_of, sort="kind"),
        Column("when", label=gettext_lazy("When and who"), value=services.describe_rule),
        "position",
        "is_active",
    )
    order = "kind"
    filterset = RuleFilter
    form = RuleForm
    create = services.create_rule
    edit = services.edit_rule
    has_contacts = False
    empty = gettext_lazy("No rules yet: nothing needs approval. Add the first rule.")
    groups = (
        (
            gettext_lazy("Rule"),
            (
                "name",
                Column("kind", label=gettext_lazy("document kind"), value=kind_of),
                Column("when", label=gettext_lazy("When and who"), value=services.describe_rule),
                "position",
                "is_active",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        rows = super().queryset(user)
        return rows.prefetch_related("conditions", "levels__role", "levels__person")


class RulePage(FormPage):
    """A rule with two sets of lines: its conditions and its levels."""

    template = "approvals/rule_form.html"

    def forms(self, pk):
        obj, form, _formset = super().forms(pk)
        data = self.request.POST if self.request.method == "POST" else None
        options = {"instance": obj or ApprovalRule(), "form_kwargs": {"user": self.request.user}}
        self.conditions = ConditionFormSet(data, prefix="conditions", **options)
        self.conditions.label = _("Conditions, all of which must hold")
        form.conditions = self.conditions
        levels = LevelFormSet(data, prefix="levels", **options)
        levels.label = _("Levels, in this order")
        return obj, form, levels

    def post(self, request, pk=None):
        obj, form, levels = self.forms(pk)
        if not self.conditions.is_valid():
            return self.answer(obj, form, levels, status=422)
        return super().post(request, pk)

    def save(self, obj, form, formset):
        form.cleaned_data["levels"] = rows_of(formset)
        form.cleaned_data["conditions"] = rows_of(self.conditions)
        return super().save(obj, form, None)


def rows_of(formset):
    """The filled lines of a valid formset: [{field: value}]."""
    formset.is_valid()  # fills cleaned_data; the page has checked before
    return [
        {k: v for k, v in form.cleaned_data.items() if k not in ("id", "DELETE", "version", "rule")}
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
        if form.has_changed() or form.instance.pk
    ]


# --- Inbox ------------------------------------------------------------------------------------


def inbox(request):
    """What waits for this person, oldest first, with everything needed to decide."""
    if not request.user.has_perm("approvals.view_approvalrequest"):
        raise Http404
    rows = ApprovalRequest.objects.waiting_for(request.user).select_related("submitted_by")
    rows = list(rows.with_present_level().order_by("since", "pk")[:MOST])
    urls, currency = documents(rows, request.user), Company.current().currency_id
    entries = [
        {
            "object": row,
            "url": urls.get(row.pk, ""),
            "facts": facts(row, request.user, currency),
            "reasons": reasons(row, request.user, currency),
            "holder": row.present_level.holder,
            "instead_of": row.present_level.person
            if row.present_level.person_id not in (None, request.user.pk)
            else None,
            "levels": len(row.levels.all()),
            "verbs": [verb_link(row, verb) for verb in DECISIONS],
        }
        for row in rows
    ]
    return render(request, "approvals/inbox.html", {"entries": entries})


def verb_link(row, name):
    verb = services.REQUEST_VERBS[name]
    return {
        "name": name,
        "label": verb.label,
        "url": reverse("approvals:approvalrequest_verb", args=[row.pk, name]),
        "has_form": True,
        "style": verb.style,
    }


def waiting(user):
    if not user.has_perm("approvals.view_approvalrequest"):
        return 0
    return ApprovalRequest.objects.waiting_for(user).count()


context.counter("waiting", waiting)


def panel(request, app_label, model, pk):
    """The approvals of one document: who has it now and since when."""
    obj = get_record(request, app_label, model, pk)
    rows = ApprovalRequest.objects.about(obj).select_related("submitted_by").with_present_level()
    rows = list(rows)
    columns = ("state", HOLDER, SINCE, "submitted_by", "created_at", "closed_at")
    found = table(_("Approvals"), ApprovalRequest, columns, rows, request.user)
    visible = ApprovalRequest.objects.about(obj).visible_to(request.user)
    seen = set(visible.values_list("pk", flat=True))
    for row, entry in zip(found["rows"], rows, strict=True):
        if entry.pk not in seen:
            row["url"] = ""
    return render(request, "crm/_table.html", {"table": found})


def has_approvals(obj):
    return any(type(obj) is kind.model for kind in kinds.KINDS.values())


Pages.record_panels.append(
    (
        gettext_lazy("Approvals"),
        "approvals:panel",
        "approvals.view_approvalrequest",
        lambda obj, user: [ApprovalRequest.objects.about(obj)],
        has_approvals,
    )
)
menu.add(
    "settings",
    40,
    gettext_lazy("Approval rules"),
    "approvals:approvalrule_list",
    "approvals.change_approvalrule",
)


# --- My day -----------------------------------------------------------------------------------


def titled(request):
    return f"{request.kind_label} {request.title} · {request.submitted_by}"


home.add(
    "approvals",
    gettext_lazy("Approvals waiting for me"),
    RequestPages,
    {"waiting": "true"},
    order="since",
    position=10,
    needs=("approvals.approve_approvalrequest",),
    text=titled,
    meta=lambda request: days.since(request.since),
    actions=("approve", "send_back"),
    related=("submitted_by",),
    colour="amber",
    empty=gettext_lazy("Nothing is waiting for your decision."),
)
home.add(
    "sent-back",
    gettext_lazy("Sent back to me"),
    RequestPages,
    {"mine": "true", "sent_back": "true"},
    order="-created_at",
    position=15,
    needs=("approvals.withdraw_approvalrequest",),
    text=lambda request: f"{request.kind_label} {request.title}",
    meta=lambda request: days.since(request.closed_at),
    colour="red",
    empty=gettext_lazy("Nothing of yours was sent back."),
)
