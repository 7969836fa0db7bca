from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from accounts.views import AccountPages, ContactPages
from accounts.views.headers import CUSTOMER_WORDS, PERSON_WORDS
from activities.views import log_contact
from crm import days, guide, home, menu
from crm.boards import BoardPage
from crm.cells import Cell, Column, table
from crm.imports import Importer
from crm.pages import Pages
from crm.record import related
from crm.views import VerbView, table_panel
from leads import services
from leads.filters import LeadFilter, PoolFilter, SourceFilter
from leads.forms import LeadForm, PoolForm, SourceForm
from leads.models import Lead, Pool, Source
from planning.views import CampaignPages

MOST = 50
SHORT_COLUMNS = ("name", "company", "state", "owner", "created_at")
# People in the pool are called by those who claim them: until then their numbers are hidden.
REACH_COLUMNS = (
    Column("shown_phone", _("Phone"), value=lambda lead: lead.shown_phone, field="phone"),
    Column("shown_email", _("Email"), value=lambda lead: lead.shown_email, field="email"),
    Column("shown_wechat", _("WeChat"), value=lambda lead: lead.shown_wechat, field="wechat"),
)


class LeadPages(Pages):
    model = Lead
    columns = (
        "name",
        "company",
        "state",
        "source",
        "campaign",
        REACH_COLUMNS[0],
        "region",
        "owner",
        "last_contact_at",
        "created_at",
    )
    more_columns = (*REACH_COLUMNS[1:], "owned_since", "released_at")
    order = "-created_at"
    filterset = LeadFilter
    form = LeadForm
    create = services.create_lead
    edit = services.edit_lead
    verbs = services.LEAD_VERBS
    importer = Importer(
        keys=("external_key", "phone", "email", "name"),
        facts={
            "company": ((Lead, "company"), (Account, "name")),
            "phone": ((Lead, "phone"), (Account, "phone"), (Contact, "phone")),
            "email": ((Lead, "email"), (Contact, "email")),
        },
        words={
            "name": PERSON_WORDS,
            "company": CUSTOMER_WORDS,
            "need": ("客户需求", "采购需求", "意向产品", "咨询内容", "interest", "requirement"),
        },
        walks={"working": ("start_work",), "qualified": ("start_work", "qualify")},
        history=("state", *services.PAST),
        create=services.take_over_lead,
    )
    board = ("new", "working", "nurturing", "qualified")
    menu = ("leads", 10)
    empty = _(
        "No leads yet. A lead is somebody who may buy: enter the first one, import a "
        "list, or claim one from the pool."
    )
    groups = (
        (_("Person"), ("name", "title", *REACH_COLUMNS)),
        (_("Company"), ("company", "industry", "region")),
        (
            _("Lead"),
            (
                "owner",
                "pool",
                "source",
                "campaign",
                "last_contact_at",
                "resume_on",
                "disqualify_reason",
                "last_owner",
                "account",
                "contact",
            ),
        ),
        (_("Qualification"), ("need", "has_budget", "has_authority", "has_timing")),
        (_("Notes"), ("description",)),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("owner", "source", "campaign", "pool")

    @classmethod
    def card(cls, lead):
        """Whether the lead is followed up: red, it is about to be lost."""
        met = lead.last_contact_at
        contact = (
            _("Last contact: %(day)s") % {"day": days.since(met)} if met else _("Not contacted")
        )
        return {
            "title": lead.name,
            "subtitle": lead.company,
            "next": _("About to fall into the pool") if lead.warned_on else contact,
            "next_badge": "red" if lead.warned_on else "green" if met else "amber",
        }


class LeadBoard(BoardPage):
    """board/: leads somebody works on; what lies in the pool has a page of its own."""

    def rows(self):
        return super().rows().exclude(owner=None)


class ClaimView(VerbView):
    """<pk>/claim/: whoever comes second is told who has the lead, though it is out of sight."""

    def get_object(self, pk):
        return get_object_or_404(Lead.objects.claimable_by(self.request.user), pk=pk)

    def get(self, request, pk):
        return super().get(request, pk, "claim")

    def post(self, request, pk):
        return super().post(request, pk, "claim")


class SourcePages(Pages):
    model = Source
    has_contacts = False
    columns = ("name", "is_active")
    order = "name"
    filterset = SourceFilter
    form = SourceForm
    create = services.create_source
    edit = services.edit_source
    menu = ("settings", 50)
    empty = _("No lead sources yet. Sources such as call, web or exhibition show what pays off.")
    groups = ((_("Lead source"), ("name", "is_active")),)


class PoolPages(Pages):
    model = Pool
    has_contacts = False
    columns = (
        "name",
        "is_default",
        "release_after_days",
        "max_held",
        "claims_per_day",
        "cooldown_days",
    )
    order = "name"
    filterset = PoolFilter
    form = PoolForm
    create = services.create_pool
    edit = services.edit_pool
    menu = ("settings", 60)
    empty = _("No pools yet. A pool holds leads without an owner and says who may take them.")
    groups = ((_("Rules"), columns),)


# --- The pool -------------------------------------------------------------------------------------

menu.add("leads", 20, _("Pool"), "leads:pool", "leads.claim_lead")


def pool_page(request):
    """What may be claimed, what one may still claim, and who loses what tonight."""
    user = request.user
    if not user.has_perm("leads.claim_lead"):
        raise PermissionDenied
    free = LeadPages.queryset(user).in_pool().order_by("-released_at", "-pk")
    tonight = services.company_today() + timedelta(days=1)
    losing = Lead.objects.to_release(tonight).visible_to(user).select_related("owner")
    columns = (
        "name",
        "company",
        "state",
        "source",
        "region",
        "released_at",
        "last_owner",
        Column("claim", _("Claim"), value=claim_button),
    )
    context = {
        "title": _("Pool"),
        "rules": [rules_of(row, user) for row in Pool.objects.all()],
        "free": table(
            _("Free to claim"),
            Lead,
            columns,
            free.select_related("last_owner")[:MOST],
            user,
            count=free.count(),
            empty=_(
                "The pool is empty. Leads without an owner come here, and those nobody follows up."
            ),
        ),
        "losing": table(
            _("Who loses what tonight"),
            Lead,
            ("name", "company", "owner", "last_contact_at"),
            losing[:MOST],
            user,
            count=losing.count(),
            empty=_("Nothing falls into the pool tonight."),
        ),
        "all_url": f"{reverse('leads:lead_list')}?in_pool=true",
    }
    return render(request, "leads/pool.html", context)


def claim_button(lead):
    """A button of the form "claim" for the row; whoever wins the lead is then on its page."""
    url = reverse(LeadPages.route("claim"), args=[lead.pk])
    html = (
        '<button class="btn btn-sm" form="claim" formaction="{}">'
        '{}<span class="visually-hidden"> {}</span></button>'
    )
    return Cell(format_html(html, url, _("Claim"), lead.name))


def rules_of(row, user):
    """A pool with its rules in words and what `user` has used of them."""
    facts = []
    if row.release_after_days:
        facts.append((_("Falls back after"), _("%(days)d days") % {"days": row.release_after_days}))
    if row.max_held:
        facts.append((_("I hold"), f"{services.held_by(user)} / {row.max_held}"))
    if row.claims_per_day:
        used = services.claims_today(user, row)
        facts.append((_("Claimed today"), f"{used} / {row.claims_per_day}"))
    if row.cooldown_days:
        days = _("%(days)d days") % {"days": row.cooldown_days}
        facts.append((_("Last owner waits"), days))
    return {"name": row.name, "facts": facts}


# --- On the pages of others, and on My day ---------------------------------------------------------


def panel(model, field):
    """A view of the leads that came of a campaign, or became a customer, as far as one sees them."""

    @table_panel(model, "leads.view_lead")
    def leads(head, user):
        found = Lead.objects.visible_to(user).filter(**{field: head}).order_by("-pk")
        rows = found.select_related("owner")[:MOST]
        return table(_("Leads"), Lead, SHORT_COLUMNS, rows, user, count=found.count())

    return leads


# A customer or a person of a file may be a lead already, too.
for _facts, _names in (
    (AccountPages.importer.facts, {"name": "company", "phone": "phone"}),
    (ContactPages.importer.facts, {"phone": "phone", "email": "email"}),
):
    for _name, _column in _names.items():
        _facts[_name] = (*_facts[_name], (Lead, _column))
for _pages, _name in ((CampaignPages, "campaign"), (AccountPages, "account")):
    _pages.panels.append(
        (_("Leads"), f"leads:{_name}_panel", "leads.view_lead", related(Lead, _name))
    )


def lead_card(name, label, query, position, needs, **options):
    home.add(
        name,
        label,
        LeadPages,
        query,
        order="created_at",
        position=position,
        needs=needs,
        **options,
    )


def no_contact_since(lead):
    return days.since(lead.last_contact_at or lead.owned_since or lead.created_at)


def waits_long(lead):
    """Whoever has asked and is not answered by the next day goes elsewhere."""
    return timezone.localdate(lead.owned_since or lead.created_at) < timezone.localdate()


lead_card(
    "new-leads",
    _("New leads"),
    {"mine": "true", "state": "new"},
    25,
    ("leads.start_work_lead",),
    meta=lambda lead: days.since(lead.owned_since or lead.created_at),
    badge=lambda lead: "red" if waits_long(lead) else "",
    actions=("start_work", log_contact),
    empty=_("No new leads."),
)
lead_card(
    "falling-leads",
    _("About to fall into the pool"),
    {"mine": "true", "falling": "true"},
    60,
    ("leads.start_work_lead",),
    unless="leads.assign_lead",
    meta=no_contact_since,
    actions=(log_contact,),
    colour="amber",
    empty=_("All your leads are followed up."),
)
lead_card(
    "pool-soon",
    _("Leads about to fall into the pool"),
    {"falling": "true"},
    60,
    ("leads.assign_lead", "leads.claim_lead"),
    meta=lambda lead: f"{lead.owner} · {no_contact_since(lead)}",
    actions=("assign", log_contact),
    colour="amber",
    empty=_("Every lead is followed up."),
)
lead_card(
    "leads-without-owner",
    _("New leads without an owner"),
    {"in_pool": "true", "state": "new"},
    62,
    ("leads.assign_lead",),
    meta=lambda lead: days.since(lead.created_at),
    actions=("assign",),
    colour="amber",
    empty=_("Every new lead has an owner."),
)
guide.add(
    "lead",
    _("The first lead"),
    position=40,
    hint=_("Somebody who may buy: whoever enters a lead gets it on My day, until it is answered."),
    act=_("Enter a lead"),
    route="leads:lead_create",
    needs=("leads.add_lead",),
    rows=lambda user: Lead.objects.all(),
    begins_work=True,
)
home.suggest(_("Claim a lead from the pool"), "leads:pool", "leads.claim_lead")
