from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from accounts.views import AccountPages, answer_duplicates
from crm import menu
from crm.boards import BoardPage
from crm.cells import Column, link, table, words
from crm.home import card
from crm.imports import Importer
from crm.pages import Pages
from crm.views import VerbView
from leads import services
from leads.filters import LeadFilter, PoolFilter, SourceFilter, falling
from leads.forms import LeadForm, PoolForm, SourceForm
from leads.models import Lead, Pool, Source
from planning.views import CampaignPages

MOST = 50
SHORT_COLUMNS = ("name", "company", "state", "owner", "created_at")
# People in the pool are called by those who claim them: until then their numbers are hidden.
REACH_COLUMNS = (
    Column("shown_phone", _("Phone"), value=lambda lead: lead.shown_phone),
    Column("shown_email", _("Email"), value=lambda lead: lead.shown_email),
    Column("shown_wechat", _("WeChat"), value=lambda lead: lead.shown_wechat),
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
        walks={"working": ("start_work",), "qualified": ("start_work", "qualify")},
    )
    board = ("new", "working", "nurturing", "qualified")
    menu = ("leads", 10)
    empty = _("No leads yet. Enter the first one, or claim one from the pool.")
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
        return {"title": lead.name, "subtitle": lead.company}


class LeadBoard(BoardPage):
    """board/: leads somebody works on; what lies in the pool has a page of its own."""

    def column(self, rows, state, cursor):
        return super().column(rows.exclude(owner=None), state, cursor)


class ClaimView(VerbView):
    """<pk>/claim/: whoever comes second is told who has the lead, though it is out of sight."""

    def get_object(self, pk):
        return get_object_or_404(Lead.objects.claimable_by(self.request.user), pk=pk)

    def get(self, request, pk):
        return super().get(request, pk, "claim")

    def post(self, request, pk):
        return super().post(request, pk, "claim")


def duplicates(request):
    """What may be the same as the lead being typed: a fragment."""
    if not request.user.has_perm("leads.add_lead"):
        raise PermissionDenied
    return answer_duplicates(request, Lead, services.find_duplicates, "company")


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
    columns = ("name", "company", "state", "source", "region", "released_at", "last_owner")
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
            empty=_("The pool is empty."),
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


def campaign_panel(request, pk):
    return _panel(request, CampaignPages, pk, "campaign")


def account_panel(request, pk):
    return _panel(request, AccountPages, pk, "account")


def _panel(request, pages, pk, field):
    """The leads that came of a campaign, or became a customer, as far as one may see them."""
    if not request.user.has_perm("leads.view_lead"):
        raise PermissionDenied
    head = get_object_or_404(pages.model.objects.visible_to(request.user), pk=pk)
    leads = Lead.objects.visible_to(request.user).filter(**{field: head}).order_by("-pk")
    rows = leads.select_related("owner")[:MOST]
    leads_table = table(_("Leads"), Lead, SHORT_COLUMNS, rows, request.user, count=leads.count())
    return render(request, "crm/_table.html", {"table": leads_table})


CampaignPages.panels.append((_("Leads"), "leads:campaign_panel", "leads.view_lead"))
AccountPages.panels.append((_("Leads"), "leads:account_panel", "leads.view_lead"))


def _card(user, label, rows, query, badge, moment, empty):
    if not user.has_perm("leads.start_work_lead"):
        return None
    items = [
        {"text": str(lead), "url": link(lead, user), "meta": words(moment(lead))}
        for lead in rows.filter(owner=user).order_by("created_at", "pk")
    ]
    url = f"{reverse('leads:lead_list')}?mine=true&{query}"
    return {
        "label": label,
        "count": len(items),
        "url": url,
        "badge": badge,
        "items": items,
        "empty": empty,
    }


@card(20)
def new_leads(user):
    """Leads nobody has contacted yet, the oldest first."""
    rows = Lead.objects.filter(state=Lead.State.NEW)
    return _card(
        user,
        _("New leads"),
        rows,
        "state=new",
        "blue",
        lambda lead: lead.owned_since or lead.created_at,
        _("No new leads."),
    )


@card(60)
def falling_leads(user):
    """Leads that will soon be somebody else's."""
    pools = services.pools_by_pk()
    return _card(
        user,
        _("About to fall into the pool"),
        falling(),
        "falling=true",
        "amber",
        lambda lead: max(filter(None, [lead.warned_on, services.release_date(lead, pools)])),
        _("All your leads are followed up."),
    )
