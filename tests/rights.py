"""Who may do what, written out: the table that tests/test_permissions.py holds both doors to.

It is written independently of the apps' grants.py, so that a changed grant fails a test.

A list of roles reaches what the role's scope reaches: a rep their own rows, a manager those of
the team, everybody else all. `role:own,team` names the rows instead (`role:` none of them). The
rows belong to the rep, to a teammate, and to somebody of another team. The administrator is
part of every list unless named with rows.
"""

from dataclasses import dataclass, field

ROWS = ("own", "team", "other")
ROLES = (
    "rep",
    "manager",
    "finance",
    "legal",
    "warehouse",
    "service",
    "marketing",
    "integrator",
    "administrator",
)
REACH = {"rep": {"own"}, "manager": {"own", "team"}}
EVERYBODY = "rep manager finance legal warehouse service marketing integrator"
COLLEAGUES = "rep manager finance legal warehouse service marketing"
ALL_ROWS = "rep:own,team,other manager:own,team,other"


def reach(roles, company=False):
    """{role: set of rows} of a list of roles."""
    found = {"administrator": set(ROWS)}
    for word in roles.split():
        role, colon, rows = word.partition(":")
        assert role in ROLES, f"{role} is no role"
        if colon:
            found[role] = set(filter(None, rows.split(",")))
        else:
            found[role] = set(ROWS) if company else REACH.get(role, set(ROWS))
    return found


@dataclass
class Row:
    """The rights on one kind of record. add, change None: there is no such page.

    api: its prefix over REST; api_add, api_change: whether REST creates and changes it, too;
    api_verbs: whether it runs the verbs.
    page_add: False where only REST creates it, for people use a verb of its head.
    company: data of the whole company, which has no owner. board: whether there is a board.
    paper: who gets it as PDF; None: it is not printed.
    """

    view: str
    add: str | None = None
    change: str | None = None
    verbs: dict = field(default_factory=dict)
    api: str = ""
    api_add: bool = True
    api_change: bool = True
    api_verbs: bool = True
    page_add: bool = True
    company: bool = False
    board: bool = False
    paper: str | None = None


SALES = "rep manager"
DEAL_READERS = "rep manager finance legal service marketing integrator"
CONTRACT_READERS = "rep manager finance legal warehouse service integrator"
STOCK_READERS = "rep manager finance warehouse service integrator"
MONEY_READERS = "rep manager finance integrator"
SERVICE_READERS = "rep manager service marketing integrator"
LEAD_READERS = "rep manager marketing integrator"
SEEN_BY_ALL = (
    f"{ALL_ROWS} finance service marketing integrator"  # campaigns: leads and customers name them
)
# Targets, scorecards and reviews are between a person and those above.
OF_PERSON = "rep:own manager:own,team finance: legal: warehouse: service: marketing:"

TABLE = {
    # --- People ---------------------------------------------------------------------------------
    "users.user": Row(
        company=True,
        api="users",
        api_add=False,
        api_change=False,
        api_verbs=False,
        view=EVERYBODY,
        add="",
        change="",
        verbs={
            "invite": "",
            "withdraw_invitation": "",
            "set_password": "",
            "activate": "",
            "deactivate": "",
        },
    ),
    "users.team": Row(
        company=True,
        api="teams",
        api_add=False,
        api_change=False,
        view=EVERYBODY,
        add="",
        change="",
    ),
    "users.role": Row(company=True, view="", add="", change=""),
    # Whose approvals somebody else may decide is one's own affair.
    "users.delegation": Row(
        view=EVERYBODY,
        add=EVERYBODY,
        change="rep:own manager:",
        verbs={"revoke": "rep:own manager:"},
    ),
    # --- The company's own fields ---------------------------------------------------------------
    "crm.customfield": Row(
        company=True,
        view="",
        add="",
        change="",
        verbs={"rename_choice": "", "retire": "", "restore": "", "delete": ""},
    ),
    "crm.jobrun": Row(company=True, api="job-runs", api_add=False, api_change=False, view=""),
    # --- Approvals ------------------------------------------------------------------------------
    # The rows wait for marketing; nobody decides what is not theirs to decide.
    "approvals.approvalrequest": Row(
        api="approval-requests",
        api_add=False,
        api_change=False,
        view=EVERYBODY,
        verbs={
            "approve": "marketing administrator:",
            "send_back": "marketing administrator:",
            "reassign": "marketing",
            "withdraw": "rep administrator:",
        },
    ),
    "approvals.approvalrule": Row(
        company=True,
        api="approval-rules",
        api_add=False,
        api_change=False,
        view=EVERYBODY,
        add="",
        change="",
    ),
    # --- Activities -----------------------------------------------------------------------------
    "activities.activity": Row(api="activities", view=EVERYBODY, add=EVERYBODY, change=EVERYBODY),
    "activities.task": Row(
        api="tasks",
        view=EVERYBODY,
        add=EVERYBODY,
        change=EVERYBODY,
        verbs={"finish": EVERYBODY, "cancel": EVERYBODY, "reopen": EVERYBODY},
    ),
    "activities.mailing": Row(
        api="mailings",
        view="manager marketing",
        verbs={"start": "manager marketing", "stop": "manager marketing"},
    ),
    "activities.mailtemplate": Row(
        company=True,
        api="mail-templates",
        view=EVERYBODY,
        add="manager marketing",
        change="manager marketing",
    ),
    "activities.meeting": Row(
        api="meetings",
        view=EVERYBODY,
        add=EVERYBODY,
        change=EVERYBODY,
        verbs={"cancel": EVERYBODY},
    ),
    # --- Products and stock -----------------------------------------------------------------------
    "products.product": Row(
        company=True,
        api="products",
        view=EVERYBODY,
        add="manager marketing integrator",
        change="manager marketing integrator",
        verbs={"put_on_sale": "manager marketing", "take_off_sale": "manager marketing"},
    ),
    "products.category": Row(
        company=True,
        api="product-categories",
        view=EVERYBODY,
        add="manager marketing",
        change="manager marketing",
    ),
    "inventory.warehouse": Row(
        company=True, api="warehouses", view=STOCK_READERS, add="warehouse", change="warehouse"
    ),
    "inventory.stocklevel": Row(
        company=True,
        api="stock-levels",
        view=STOCK_READERS,
        add="warehouse",
        change="warehouse",
        verbs={"receive": "warehouse", "adjust": "warehouse", "transfer": "warehouse"},
    ),
    "inventory.stockmove": Row(
        company=True,
        api="stock-moves",
        api_add=False,
        api_change=False,
        view="manager finance warehouse",
    ),
    "inventory.purchaserequest": Row(
        company=True,
        api="purchase-requests",
        view="rep manager finance warehouse",
        add="manager warehouse",
        change="manager warehouse",
        verbs={
            "submit": "manager warehouse",
            "approve": "manager finance warehouse",
            "order": "warehouse",
            "receive": "warehouse",
            "cancel": "manager warehouse",
        },
    ),
    # --- Planning -------------------------------------------------------------------------------
    "planning.campaign": Row(
        api="campaigns",
        board=True,
        view=SEEN_BY_ALL,
        add="manager marketing",
        change="manager marketing",
        verbs={
            "submit": "manager marketing",
            "start": "manager marketing",
            "pause": "manager marketing",
            "resume": "manager marketing",
            "finish": "manager marketing",
            "evaluate": "manager marketing",
            "cancel": "manager marketing",
        },
    ),
    # --- Customers ------------------------------------------------------------------------------
    "accounts.account": Row(
        api="accounts",
        view=EVERYBODY,
        paper=MONEY_READERS,
        add="rep manager service marketing integrator",
        change="rep manager finance service marketing integrator",
        verbs={"assign": "manager integrator", "set_credit": "manager finance", "merge": SALES},
    ),
    "accounts.contact": Row(
        api="contacts",
        view=EVERYBODY,
        add="rep manager service marketing integrator",
        change="rep manager service marketing integrator",
        verbs={"merge": SALES},
    ),
    # Whoever may merge both records.
    "accounts.duplicatepair": Row(
        api="duplicate-pairs",
        api_add=False,
        api_change=False,
        view=SALES,
        verbs={"dismiss": SALES},
    ),
    "accounts.merge": Row(
        api="merges", api_add=False, api_change=False, view=SALES, verbs={"undo": SALES}
    ),
    "accounts.address": Row(
        api="addresses",
        view=EVERYBODY,
        add="rep manager finance warehouse service integrator",
        change="rep manager finance warehouse service integrator",
    ),
    "accounts.accountclass": Row(
        company=True, api="account-classes", view=EVERYBODY, add="manager", change="manager"
    ),
    "accounts.paymentterm": Row(
        company=True, api="payment-terms", view=EVERYBODY, add="finance", change="finance"
    ),
    # --- Leads ----------------------------------------------------------------------------------
    "leads.lead": Row(
        api="leads",
        board=True,
        view=LEAD_READERS,
        add="rep manager service marketing integrator",
        change=LEAD_READERS,
        verbs={
            "start_work": SALES,
            "merge": SALES,
            "nurture": SALES,
            "resume": SALES,
            "qualify": SALES,
            "convert": SALES,
            "disqualify": SALES,
            "reopen": SALES,
            # Whoever comes second is told who was faster, though the lead is out of sight then.
            "claim": ALL_ROWS,
            "release": SALES,
            "assign": "manager marketing integrator",
        },
    ),
    "leads.source": Row(
        company=True,
        api="lead-sources",
        view="rep manager finance service marketing integrator",
        add="manager marketing",
        change="manager marketing",
    ),
    "leads.pool": Row(
        company=True,
        api="pools",
        view="rep manager finance service marketing integrator",
        add="manager",
        change="manager",
    ),
    # --- Deals ----------------------------------------------------------------------------------
    "opportunities.opportunity": Row(
        api="opportunities",
        board=True,
        view=DEAL_READERS,
        add="rep manager integrator",
        change="rep manager integrator",
        verbs={
            "present": SALES,
            "quote": SALES,
            "negotiate": SALES,
            "win": SALES,
            "lose": SALES,
            "back": SALES,
            "reopen": "manager",
            "enter_step": "rep manager integrator",
            "tick": SALES,
            "assign": "manager integrator",
        },
    ),
    "opportunities.needssheet": Row(
        api="needs-sheets",
        view=DEAL_READERS,
        add=SALES,
        change=SALES,
        verbs={"confirm": SALES, "judge": SALES, "revise": SALES},
    ),
    "opportunities.demo": Row(
        api="demos",
        view=DEAL_READERS,
        add=SALES,
        change=SALES,
        verbs={"hold": SALES, "cancel": SALES},
    ),
    "opportunities.negotiationround": Row(
        api="negotiation-rounds",
        view="rep manager finance legal integrator",
        add=SALES,
        change=SALES,
    ),
    "opportunities.quotation": Row(
        api="quotations",
        view=DEAL_READERS,
        paper=DEAL_READERS,
        add="rep manager integrator",
        change="rep manager integrator",
        verbs={
            "submit": SALES,
            "send": SALES,
            "accept": SALES,
            "decline": SALES,
            "revise": SALES,
            "withdraw": SALES,
            "revoke_link": SALES,
        },
    ),
    "opportunities.salesprocess": Row(
        company=True, api="sales-processes", view=EVERYBODY, add="manager", change="manager"
    ),
    # --- Contracts ------------------------------------------------------------------------------
    "contracts.contract": Row(
        api="contracts",
        view=CONTRACT_READERS,
        paper=CONTRACT_READERS,
        add="rep manager integrator",
        change="rep manager legal integrator",
        verbs={
            "submit": SALES,
            "check": "legal",
            "assess": "rep manager legal",
            "begin_signing": "rep manager legal",
            "sign": "rep manager legal",
            "upload_copy": "rep manager legal",
            "activate": "rep manager legal",
            "complete": "manager legal",
            "terminate": "manager legal",
            "cancel": SALES,
        },
    ),
    "contracts.contracttemplate": Row(
        company=True,
        api="contract-templates",
        view="rep manager legal integrator",
        add="legal",
        change="legal",
    ),
    "contracts.amendment": Row(
        api="amendments",
        view=CONTRACT_READERS,
        add="rep manager legal",
        change="rep manager legal",
        verbs={
            "submit": "rep manager legal",
            "put_into_effect": "manager legal",
            "cancel": "rep manager legal",
        },
    ),
    # --- Orders ---------------------------------------------------------------------------------
    "orders.order": Row(
        api="orders",
        board=True,
        view=EVERYBODY,
        paper=EVERYBODY,
        add="rep manager integrator",
        change="rep manager integrator",
        verbs={
            "submit": "rep manager integrator",
            "waive": "manager finance",
            "approve": "manager finance",
            "return_for_changes": "manager finance",
            "confirm": SALES,
            "fulfil": SALES,
            "allocate": "manager warehouse",
            "plan_shipment": "manager warehouse",
            "complete": "rep manager finance",
            "hold": "manager finance",
            "unhold": "manager finance",
            "cancel": SALES,
            "open_exception": "rep manager warehouse service",
            "request_return": "rep manager service integrator",
        },
    ),
    "orders.shipment": Row(
        api="shipments",
        api_add=False,
        view=EVERYBODY,
        paper=EVERYBODY,
        change="warehouse",
        verbs={
            "pick": "warehouse",
            "dispatch": "warehouse",
            "track": "warehouse integrator",
            "deliver": "rep manager warehouse",
            "fail": "warehouse",
            "take_back": "warehouse",
            "cancel": "manager warehouse",
        },
    ),
    "orders.orderexception": Row(
        api="order-exceptions",
        view=EVERYBODY,
        add="rep manager warehouse service",
        change="rep manager service",
        verbs={
            "handle": "rep manager service",
            "resolve": "rep manager service",
            "close": "rep manager service",
            "reopen": "rep manager service",
        },
    ),
    "orders.carrier": Row(
        company=True, api="carriers", view=EVERYBODY, add="warehouse", change="warehouse"
    ),
    # --- Money ----------------------------------------------------------------------------------
    "receivables.receivable": Row(
        api="receivables",
        api_add=False,
        api_change=False,
        view=MONEY_READERS,
        verbs={
            "dispute": "manager finance",
            "settle_dispute": "finance",
            "request_write_off": "finance",
        },
    ),
    "receivables.payment": Row(
        api="payments",
        api_change=False,
        view=MONEY_READERS,
        add="finance integrator",
        verbs={
            "clear": "finance",
            "bounce": "finance",
            "allocate": "finance",
            "allocate_oldest": "finance",
            "reverse_allocation": "finance",
            "refund": "finance",
        },
    ),
    "receivables.invoice": Row(
        api="invoices",
        view=MONEY_READERS,
        paper=MONEY_READERS,
        add="finance",
        change="finance",
        verbs={"issue": "finance", "reverse": "finance"},
    ),
    "receivables.writeoff": Row(
        api="write-offs", api_add=False, api_change=False, view="rep manager finance"
    ),
    # --- Service --------------------------------------------------------------------------------
    "aftersales.case": Row(
        api="cases",
        board=True,
        view=SERVICE_READERS,
        add="rep manager service integrator",
        change="service",
        verbs={
            "assign": "manager service",
            "start": "service",
            "wait": "service",
            "resume": "service",
            "resolve": "service",
            "close": "service",
            "reopen": "service",
            "request_return": "rep manager service integrator",
            "propose_improvement": "rep manager service",
        },
    ),
    "aftersales.return": Row(
        api="returns",
        page_add=False,
        view="rep manager finance warehouse service integrator",
        add="rep manager service integrator",
        change="service",
        verbs={
            "approve": "manager service",
            "reject": "manager service",
            "receive": "service warehouse",
            "inspect": "service warehouse",
            "settle": "finance service",
            "close": "finance service",
        },
    ),
    "aftersales.returnpolicy": Row(
        company=True,
        api="return-policies",
        view="rep manager finance warehouse service integrator",
        add="service",
        change="service",
    ),
    "aftersales.survey": Row(
        api="surveys",
        api_change=False,
        view=SERVICE_READERS,
        add="rep manager service",
        verbs={"answer": "rep manager service", "cancel": "manager service"},
    ),
    "aftersales.surveytemplate": Row(
        company=True,
        api="survey-templates",
        view=SERVICE_READERS,
        add="service marketing",
        change="service marketing",
    ),
    "aftersales.improvement": Row(
        api="improvements",
        view="rep manager service marketing",
        add="rep manager service",
        change="rep manager service",
        verbs={
            "accept": "manager service",
            "reject": "manager service",
            "start": "rep manager service",
            "finish": "rep manager service",
            "verify": "manager service",
        },
    ),
    # --- Performance ----------------------------------------------------------------------------
    "performance.target": Row(
        api="targets",
        view=OF_PERSON,
        add="manager",
        change="manager",
        verbs={"publish": "manager", "close": "manager"},
    ),
    "performance.scorecard": Row(api="scorecards", api_change=False, view=OF_PERSON, add="manager"),
    "performance.review": Row(
        api="reviews",
        api_add=False,
        api_change=False,
        view=OF_PERSON,
        verbs={
            "assess": "rep:own administrator:",
            "share": "manager",
            "acknowledge": "rep:own administrator:",
        },
    ),
}

# --- Every other page ---------------------------------------------------------------------------

# Without log-in: the name of the route.
PUBLIC = {
    "crm:logo",
    "healthz",
    "login",
    "preferences",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "opportunities:public_quotation",
    "opportunities:public_quotation_pdf",
    "calendar_feed",
    "unsubscribe",
    "aftersales:survey_public",
}
ANYBODY = f"{EVERYBODY} administrator"
# Pages about no record: who gets in; the others are told 403 (404 for the inbox).
DOORS = {
    "home": ANYBODY,
    "api:my-day": ANYBODY,
    "crm:day": ANYBODY,
    # Each card has rights of its own; this is the one of all.
    "crm:day_card": ANYBODY,
    "search": ANYBODY,
    "api:search": ANYBODY,
    "api:saved-views-list": ANYBODY,
    "api:work-list": ANYBODY,
    "api:imports-list": "manager finance marketing integrator",
    "notifications": ANYBODY,
    "profile": ANYBODY,
    "password_change": ANYBODY,
    "schema": ANYBODY,
    "docs": ANYBODY,
    "crm:notifications_read": ANYBODY,
    "crm:works": ANYBODY,
    "crm:notification_choices": ANYBODY,
    "crm:news": ANYBODY,
    # Whoever may open one of its entries.
    "crm:settings": ANYBODY,
    "crm:company": "",
    "crm:guide": "",
    "crm:guide_step": "",
    "crm:guide_put_away": "",
    "crm:jobs": "",
    "crm:imports": "manager finance marketing integrator",
    "crm:import_new": "manager finance marketing integrator",
    "users:keys": "integrator",
    "users:key_create": "integrator",
    "activities:calendar": ANYBODY,
    "activities:feed_page": ANYBODY,
    "approvals:inbox": ANYBODY,
    "accounts:duplicates": "rep manager service marketing integrator",
    "accounts:contact_duplicates": "rep manager service marketing integrator",
    "leads:duplicates": "rep manager service marketing integrator",
    "leads:pool": "rep manager",
    "receivables:ageing": MONEY_READERS,
    "performance:dashboard": "manager finance",
    # The rows are those one may see anyway.
    "performance:figure": COLLEAGUES,
}
# Fragments and pages about a record of another kind: the kind, and who gets in where they see it.
ABOUT = {
    "activities:recipients_panel": ("activities.mailing", "manager marketing"),
    "accounts:campaign_panel": ("planning.campaign", EVERYBODY),
    "leads:campaign_panel": ("planning.campaign", LEAD_READERS),
    "leads:account_panel": ("accounts.account", LEAD_READERS),
    "opportunities:account_panel": ("accounts.account", DEAL_READERS),
    "opportunities:account_quotations": ("accounts.account", DEAL_READERS),
    "opportunities:lead_panel": ("leads.lead", DEAL_READERS),
    "contracts:account_panel": ("accounts.account", CONTRACT_READERS),
    "contracts:opportunity_panel": ("opportunities.opportunity", CONTRACT_READERS),
    "contracts:contract_clauses": ("contracts.contract", "rep manager legal integrator"),
    "orders:account_panel": ("accounts.account", EVERYBODY),
    "orders:contract_panel": ("contracts.contract", EVERYBODY),
    "orders:opportunity_panel": ("opportunities.opportunity", EVERYBODY),
    "receivables:account_panel": ("accounts.account", MONEY_READERS),
    "receivables:contract_panel": ("contracts.contract", MONEY_READERS),
    "receivables:order_panel": ("orders.order", MONEY_READERS),
    "receivables:order_invoices": ("orders.order", MONEY_READERS),
    "aftersales:account_panel": ("accounts.account", SERVICE_READERS),
    "aftersales:order_panel": ("orders.order", SERVICE_READERS),
}
# Parts of the page of any record: who gets in where they see the record.
ANY_RECORD = {
    "crm:timeline": ANYBODY,
    "crm:history": ANYBODY,
    "crm:people": ANYBODY,
    "crm:comment": ANYBODY,
    "crm:attach": ANYBODY,
    "crm:journey": ANYBODY,
    "activities:log": EVERYBODY,
    "activities:task_for": EVERYBODY,
    "activities:done": EVERYBODY,
    "activities:panel": EVERYBODY,
    "activities:meeting_for": EVERYBODY,
    "activities:mails_panel": EVERYBODY,
    "activities:meetings_panel": EVERYBODY,
    "approvals:panel": EVERYBODY,
}
# Held to account by a test of their own.
BY_HAND = {
    "accounts:account_merge_with",
    "accounts:contact_merge_with",
    "leads:lead_merge_with",
    "logout",
    "crm:notification",
    "crm:attachment",
    "crm:attachment_remove",
    "crm:work",
    "crm:work_stop",
    "crm:work_file",
    "crm:comment_edit",
    "crm:comment_remove",
    "crm:import",
    "crm:import_template",
    "crm:import_map",
    "crm:import_run",
    "crm:import_undo",
    "crm:import_refused",
    "crm:options",
    "api:bulk",
    "api:saved-views-detail",
    "api:saved-views-pin",
    "api:work-detail",
    "api:imports-detail",
    "api:imports-fields",
    "api:imports-map",
    "api:imports-preview",
    "api:imports-run",
    "api:imports-undo",
    "users:key_revoke",
    "activities:move",
    "activities:mail_for",
    "activities:mailing_new",
    "activities:preview",
}
