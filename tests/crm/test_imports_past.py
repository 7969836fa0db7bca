"""What was done elsewhere comes in as it stands there, for those who may say so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services import create_account, create_contact, edit_account
from activities.models import Activity, Task
from activities.services import log_activity, send_reminders
from aftersales.models import Case, Survey
from crm.imports.fields import Values
from crm.models import Event, Import, Notification, Work
from leads.models import Lead
from leads.services import create_lead
from opportunities.models import Opportunity
from receivables.models import Payment
from receivables.services import record_payment
from tests.crm.importing import check, run, undo, upload, verdicts
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory, SalesProcessFactory

pytestmark = pytest.mark.django_db


def refused_at_the_door(client, kind, text):
    """The sentence with which the wizard refuses a file."""
    data = {"kind": kind, "file": SimpleUploadedFile("list.csv", text.encode())}
    answer = client.post("/imports/new/", data)
    assert answer.status_code == 422
    assert not Import.objects.exists()
    return answer.content.decode()


def names_of(record):
    return list(Event.objects.about(record).order_by("pk").values_list("name", flat=True))


# --- The limit of a customer --------------------------------------------------------------------

LIMITS = "External key,Name,Credit limit\nC-1,Acme,5000\nC-2,Beta,\nC-3,Gamma,-1\n"


def test_a_credit_limit_comes_in_as_the_act_sets_it(
    manager, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Beta", external_key="C-2", owner=manager, credit_limit=7)
    client, found, rows = take_in(manager, LIMITS, mode="both")
    assert verdicts(rows) == {2: "created", 3: "unchanged", 4: "refused"}
    assert rows[4].message.startswith("Credit limit: ")
    acme = Account.objects.get(external_key="C-1")
    assert (acme.credit_limit, acme.owner) == (Decimal(5000), manager)
    [change] = Event.objects.about(acme).filter(name="account.edited")
    assert change.data["changes"] == {"credit_limit": [None, "5000"]}
    undo(client, found, django_capture_on_commit_callbacks)
    assert not Account.objects.filter(external_key="C-1").exists()


def test_who_sets_limits_brings_them_up_to_date_and_back(
    finance, manager, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme", external_key="C-1", owner=manager, credit_limit=7)
    client, found, rows = take_in(
        finance, "External key,Credit limit\nC-1,5000\n", mode="update", key="external_key"
    )
    assert verdicts(rows) == {2: "updated"}, rows[2].message
    assert Account.objects.get().credit_limit == Decimal(5000)
    undo(client, found, django_capture_on_commit_callbacks)
    assert Account.objects.get().credit_limit == Decimal(7)


def test_who_sets_no_limits_brings_none(marketing, integrator, login):
    for person in (marketing, integrator):
        text = refused_at_the_door(login(person), "accounts.account", LIMITS)
        assert "Remove these columns: Credit limit." in text


def test_a_limit_is_refused_when_the_right_is_gone_since_the_columns_were_chosen(
    manager, login, django_capture_on_commit_callbacks
):
    client = login(manager)
    found = check(client, upload(client, LIMITS), django_capture_on_commit_callbacks)
    role = manager.roles.get()
    role.permissions.remove(role.permissions.get(codename="set_credit_account"))
    rows = run(client, found, django_capture_on_commit_callbacks)
    assert set(verdicts(rows).values()) == {"refused"}
    assert "Remove these columns: Credit limit." in rows[3].message
    assert not Account.objects.exists()


# --- States past the guards ---------------------------------------------------------------------

LEADS = (
    "Contact person,Company,State,Reason of disqualification,Resume on,Customer it became\n"
    "Li,Beta,disqualified,No money,,\nWang,Gamma,nurturing,,2031-05-06,\nSun,,converted,,,Acme\n"
)


def test_leads_come_in_as_they_stand_elsewhere_with_one_event(
    administrator, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme")
    client, found, rows = take_in(administrator, LEADS, "leads.lead", key="")
    assert set(verdicts(rows).values()) == {"created"}, [row.message for row in rows.values()]
    li, sun, wang = Lead.objects.order_by("name")
    assert (li.state, li.disqualify_reason) == ("disqualified", "No money")
    assert (wang.state, wang.resume_on, wang.owner) == (
        "nurturing",
        date(2031, 5, 6),
        administrator,
    )
    assert (sun.state, sun.account.name) == ("converted", "Acme")
    assert names_of(li) == ["lead.imported"]
    assert wang.owned_since is not None
    undo(client, found, django_capture_on_commit_callbacks)
    assert not Lead.objects.exists()


def test_who_may_not_take_over_history_brings_leads_only_as_far_as_their_verbs(
    manager, login, take_in
):
    text = "Contact person,Company,State\nLi,Beta,disqualified\nWang,Gamma,working\n"
    _client, _found, rows = take_in(manager, text, "leads.lead", key="")
    assert verdicts(rows) == {2: "refused", 3: "created"}
    assert rows[2].message == "State: A file cannot bring a record as far as “disqualified”."
    Import.objects.all().delete()
    said = refused_at_the_door(login(manager), "leads.lead", LEADS)
    assert (
        "Remove these columns: Reason of disqualification, Resume on, Customer it became." in said
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",converted,,", "Customer it became: Say which customer the converted lead became."),
        (",working,Acme,", "State: Only a converted lead has become a customer."),
        (",nurturing,,", "Say when the lead comes back."),
        (",new,,2990-01-01", "Owned since: This day has not come yet."),
        (",converted,Theirs,", "Customer it became: There is no customer “Theirs”."),
    ],
)
def test_a_past_of_leads_that_contradicts_itself_is_refused(row, sentence, administrator, take_in):
    AccountFactory(name="Acme")
    text = f"Contact person,Phone,State,Customer it became,Owned since\nLi,{row}\n"
    _client, _found, rows = take_in(administrator, text, "leads.lead", key="")
    assert (verdicts(rows), rows[2].message) == ({2: "refused"}, sentence)


DEALS = "Name,Customer,Process,Phase,Step,Probability %,Lead\n"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("won,Needs,,", "Step: This step does not belong to the present phase."),
        ("needs,Elsewhere,,", "Step: There is no step “Elsewhere”."),
        ("won,,90,", "Probability %: A won deal is sure, a lost one has no chance."),
        ("needs,,,Li", "Lead: This lead was not converted into a deal of the customer."),
    ],
)
def test_a_past_of_deals_that_contradicts_itself_is_refused(row, sentence, administrator, take_in):
    AccountFactory(name="Acme")
    LeadFactory(name="Li", company="", owner=administrator)
    SalesProcessFactory(name="Long")
    process = SalesProcessFactory(name="Other")
    process.steps.create(phase="needs", name="Elsewhere")
    text = f"{DEALS}Deal,Acme,Long,{row}\n"
    _client, _found, rows = take_in(administrator, text, "opportunities.opportunity")
    assert (verdicts(rows), rows[2].message) == ({2: "refused"}, sentence)
    assert not Opportunity.objects.exists()


def test_a_deal_goes_on_with_the_journey_of_the_lead_it_came_of(administrator, take_in):
    acme = AccountFactory(name="Acme")
    lead = LeadFactory(name="Li", company="", owner=administrator, account=acme, state="converted")
    process = SalesProcessFactory(name="Long")
    process.steps.create(phase="needs", name="Second look", probability=15)
    text = f"{DEALS}Deal,Acme,Long,needs,Second look,17,Li\n"
    take_in(administrator, text, "opportunities.opportunity")
    deal = Opportunity.objects.get()
    assert (deal.lead, deal.journey, deal.probability) == (lead, lead.journey, 17)
    assert deal.step.name == "Second look"


def test_money_that_bounced_or_was_paid_back_comes_in_so_and_keeps_its_number(
    administrator, take_in, django_capture_on_commit_callbacks
):
    acme = AccountFactory(name="Acme")
    year = timezone.localdate().year
    text = (
        "Number,Customer,Amount,Currency,Received on,State,Refunded,Exchange rate\n"
        f"PM-{year}-000007,Acme,100,USD,2026-01-05,cleared,40,7.1\n"
        f"PM-{year}-000008,Acme,50,CNY,2026-01-05,bounced,,\n"
        f"PM-{year}-000009,Acme,50,CNY,2026-01-05,cleared,60,\n"
        f"PM-{year}-000010,Acme,50,CNY,2026-01-05,recorded,5,\n"
    )
    client, found, rows = take_in(administrator, text, "receivables.payment", key="number")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused", 5: "refused"}
    assert rows[4].message == "Refunded: More cannot be refunded than was paid."
    cleared, bounced = Payment.objects.order_by("number")
    assert (cleared.rate, cleared.unallocated) == (Decimal("7.1"), Decimal(60))
    assert bounced.unallocated == 0
    acme.refresh_from_db()
    assert acme.exposure == Decimal("-426.00")
    after = record_payment(by=administrator, account=acme, amount=Decimal(1))
    assert after.number == f"PM-{year}-000009"
    undo(client, found, django_capture_on_commit_callbacks)
    acme.refresh_from_db()
    assert (acme.exposure, list(Payment.objects.all())) == (0, [after])


# --- Calls, visits, notes -----------------------------------------------------------------------

CALLS = (
    "Kind,Subject,Customer,Contact,Opportunity,When,Owner\n"
    "call,First,Acme,,,2019-03-04 09:30,rep\n"
    "拜访,Second,Acme,Li,,2019/3/5,rep\n"
    "note,Third,Acme,,Pumps,5.3.2019 14:00,manager\n"
    "call,Fourth,Nobody,,,2019-03-04,rep\n"
)


@pytest.fixture
def acme(rep, outsider):
    """A customer with a person and a deal; another customer has a person of that name."""
    acme = create_account(by=None, name="Acme", owner=rep)
    create_contact(by=None, account=acme, name="Li")
    create_contact(by=None, account=AccountFactory(owner=outsider, name="Theirs"), name="Li")
    OpportunityFactory(name="Pumps", account=acme, owner=rep)
    return acme


def test_a_history_of_calls_is_about_its_records_and_goes_again(
    administrator, rep, acme, take_in, login, django_capture_on_commit_callbacks
):
    client, found, rows = take_in(administrator, CALLS, "activities.activity", key="", dates="dmy")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "created", 5: "refused"}
    assert rows[5].message == "About: customer: There is no customer “Nobody”."
    zone = timezone.get_current_timezone()
    first, second, third = Activity.objects.order_by("happened_at")
    assert (first.target, first.owner, first.created_by) == (acme, rep, administrator)
    assert second.target == acme.contacts.get(name="Li")
    assert third.target == Opportunity.objects.get()
    assert timezone.localtime(second.happened_at) == datetime(2019, 3, 5, 9, tzinfo=zone)
    acme.refresh_from_db()
    assert acme.last_contact_at == second.happened_at
    history = (
        login(rep)
        .get(reverse("crm:timeline", args=["accounts", "account", acme.pk]))
        .content.decode()
    )
    assert "call · 2019-03-04 09:30 · rep" in history
    # The customer may have changed since: what was logged about it has not.
    edit_account(acme, by=rep, region="East")
    undo(login(administrator), found, django_capture_on_commit_callbacks)
    assert not Activity.objects.exists()
    acme.refresh_from_db()
    assert (acme.last_contact_at, acme.region) == (None, "East")


def test_undoing_leaves_the_contacts_that_were_logged_by_hand(
    administrator, rep, acme, take_in, django_capture_on_commit_callbacks
):
    log_activity(
        acme, by=rep, kind="call", subject="Own", happened_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    text = "Kind,Subject,Customer,When\ncall,Later,Acme,2021-01-01 10:00\n"
    client, found, _rows = take_in(administrator, text, "activities.activity", key="")
    undo(client, found, django_capture_on_commit_callbacks)
    acme.refresh_from_db()
    assert acme.last_contact_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_calls_of_the_past_start_no_work_and_count_as_contact(
    administrator, take_in, django_capture_on_commit_callbacks
):
    lead = create_lead(by=administrator, name="Li")
    text = "Kind,Subject,Lead,When\ncall,Hello,Li,2019-03-04 09:30\n"
    client, found, _rows = take_in(administrator, text, "activities.activity", key="")
    lead = Lead.objects.get()
    assert (lead.state, lead.last_contact_at.year) == ("new", 2019)
    undo(client, found, django_capture_on_commit_callbacks)
    lead = Lead.objects.get()
    assert (lead.state, lead.last_contact_at) == ("new", None)


def test_a_call_of_the_same_key_is_not_doubled(administrator, acme, take_in):
    text = "External key,Kind,Subject,Customer\nA-1,call,First,Acme\n"
    take_in(administrator, text, "activities.activity")
    again = text.replace("First", "Corrected")
    _client, _found, rows = take_in(administrator, again, "activities.activity")
    assert verdicts(rows) == {2: "duplicate"}
    _client, _found, rows = take_in(administrator, again, "activities.activity", mode="both")
    assert verdicts(rows) == {2: "updated"}
    assert Activity.objects.get().subject == "Corrected"


def test_nobody_says_what_others_have_done_or_names_records_out_of_sight(
    manager, rep, acme, take_in
):
    text = (
        "External key,Kind,Subject,Customer,Owner\nA-1,call,Mine,Acme,manager\n"
        "A-2,call,His,Acme,rep\nA-3,call,Hidden,Theirs,\n"
    )
    _client, _found, rows = take_in(manager, text, "activities.activity")
    assert verdicts(rows) == {2: "created", 3: "refused", 4: "refused"}
    assert rows[3].message == "You do not have the right to say what others have done."
    assert "There is no customer “Theirs”" in rows[4].message
    change = "External key,Owner\nA-1,rep\n"
    _client, _found, rows = take_in(manager, change, "activities.activity", mode="update")
    assert verdicts(rows) == {2: "refused"}
    assert Activity.objects.get().owner == manager


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04 14:05", (2026, 3, 4, 14, 5)),
        ("2026-03-04T14:05:06Z", (2026, 3, 4, 22, 5, 6)),
        ("2026-03-04 14:05:06.000789+08:00", (2026, 3, 4, 14, 5, 6, 789)),
        ("2026/3/4 2:05 PM", (2026, 3, 4, 14, 5)),
        ("2026年3月4日 下午2:05", (2026, 3, 4, 14, 5)),
        ("4.3.2026 12:05 am", (2026, 3, 4, 0, 5)),
        ("2026-03-04", (2026, 3, 4, 9)),
        ("20260304", (2026, 3, 4, 9)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text, moment):
    read = Values("dmy").moment(text)
    assert read == datetime(*moment, tzinfo=timezone.get_current_timezone())


@pytest.mark.parametrize("text", ["2026-02-30 10:00", "2026-03-04 25:00", "soon", "10:00"])
def test_what_is_no_moment_is_said(text):
    with pytest.raises(ValidationError, match="is no date"):
        Values().moment(text)


# --- Follow-ups ---------------------------------------------------------------------------------


def test_open_tasks_are_planned_and_those_that_ended_stay_as_they_were(
    administrator, rep, acme, take_in, django_capture_on_commit_callbacks
):
    due = timezone.localdate() + timedelta(days=2)
    text = (
        "Subject,Due,Remind at,Opportunity,State,Result,Done at,Owner\n"
        f"Call,{due},2019-01-01,Pumps,,,,rep\n"
        "Send,2019-03-04,,Pumps,done,Sent,2019-03-05 10:00,rep\n"
        "Visit,2019-03-04,,Pumps,cancelled,,,rep\n"
        "Write,2019-03-04,,Pumps,open,Written,,rep\n"
    )
    client, found, rows = take_in(administrator, text, "activities.task", key="")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "created", 5: "refused"}
    assert rows[5].message == "State: Only a task that is done has a result."
    send, visit, call = Task.objects.order_by("due_at", "subject")
    assert (send.state, send.result, send.done_at.year) == ("done", "Sent", 2019)
    assert (visit.state, call.state, call.owner) == ("cancelled", "open", rep)
    deal = Opportunity.objects.get()
    assert (deal.next_step, deal.next_step_on) == ("Call", due)
    assert not send_reminders(at=timezone.now())
    assert not Notification.objects.filter(user=rep).exists()
    undo(client, found, django_capture_on_commit_callbacks)
    deal.refresh_from_db()
    assert (deal.next_step, Task.objects.count()) == ("", 0)


def test_who_may_not_take_over_history_plans_open_tasks_only(manager, rep, acme, take_in, login):
    _client, _found, rows = take_in(
        manager, "Subject,Due,Owner\nCall,2031-03-04,rep\n", "activities.task", key=""
    )
    assert verdicts(rows) == {2: "created"}
    Import.objects.all().delete()
    said = refused_at_the_door(
        login(manager), "activities.task", "Subject,Due,State\nCall,2031-03-04,done\n"
    )
    assert "Remove these columns: State." in said


# --- Cases --------------------------------------------------------------------------------------

CASES = (
    "Number,Customer,Subject,State,Owner,Solution,Resolved at,Respond by\n"
    "CS-2019-000012,Acme,Leaks,closed,rep,New seal,2019-03-05 10:00,\n"
    "CS-2019-000013,Acme,Noise,in progress,service,,,2031-01-01 08:00\n"
    "CS-2019-000014,Acme,Smell,in progress,,,,\n"
    "CS-2019-000015,Acme,Dust,in progress,service,,2019-03-05 10:00,\n"
    "CS-2019-000012,Acme,Twice,,,,,\n"
)


def test_cases_come_in_as_they_stand_elsewhere_and_ask_nobody(
    administrator, rep, service, acme, take_in, django_capture_on_commit_callbacks
):
    client, found, rows = take_in(administrator, CASES, "aftersales.case", key="number")
    assert verdicts(rows) == {
        2: "created",
        3: "created",
        4: "refused",
        5: "refused",
        6: "duplicate",
    }
    assert rows[4].message == "Owner: Say who works on the case."
    assert rows[5].message == "State: A case that is open has not been resolved."
    leaks, noise = Case.objects.order_by("number")
    assert (leaks.state, leaks.owner, leaks.solution) == ("closed", rep, "New seal")
    assert leaks.closed_at == leaks.resolved_at
    assert (noise.state, noise.respond_by.year) == ("in_progress", 2031)
    assert noise.resolve_by > timezone.now()
    assert names_of(leaks) == ["case.imported"]
    assert not Survey.objects.exists()
    text = "Kind,Subject,Case,When\ncall,Asked,CS-2019-000013,2019-03-05 11:00\n"
    take_in(administrator, text, "activities.activity", key="")
    noise.refresh_from_db()
    assert noise.responded_at is None
    undo(client, found, django_capture_on_commit_callbacks)
    assert list(Case.objects.all()) == [noise]  # somebody has spoken of it since


def test_who_may_not_take_over_history_opens_cases_to_be_assigned(
    manager, rep, service, acme, take_in, login
):
    text = "Customer,Subject,Owner\nAcme,Leaks,service\nAcme,Noise,\nAcme,Smell,rep\n"
    _client, _found, rows = take_in(manager, text, "aftersales.case", key="")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}
    assert "There is no user “rep”" in rows[4].message  # who does not work on cases
    cases = Case.objects.order_by("pk").values_list("subject", "state", "owner")
    assert list(cases) == [("Leaks", "assigned", service.pk), ("Noise", "new", None)]
    role = manager.roles.get()
    role.permissions.remove(role.permissions.get(codename="assign_case"))
    Import.objects.all().delete()
    _client, _found, rows = take_in(manager, text, "aftersales.case", key="")
    assert verdicts(rows) == {2: "refused", 3: "created", 4: "refused"}
    assert Case.objects.filter(state="assigned").count() == 1
    Import.objects.all().delete()
    said = refused_at_the_door(login(manager), "aftersales.case", CASES)
    assert "Remove these columns: State, Solution, Resolved at, Respond by." in said


def test_the_queries_of_an_export_do_not_grow_with_what_the_records_are_about(
    administrator, rep, acme, login, django_assert_max_num_queries
):
    client = login(administrator)

    def export():
        data = {"format": "csv", "query": "", "layout": "records"}
        assert client.post(reverse("activities:activity_export"), data).status_code == 302
        return Work.objects.latest("pk").file.read().decode("utf-8-sig").splitlines()

    log_activity(acme, by=rep, kind="call", subject="One")
    log_activity(Opportunity.objects.get(), by=rep, kind="call", subject="Two")
    with CaptureQueriesContext(connection) as first:
        export()
    for number in range(5):
        customer = create_account(by=None, name=f"Customer {number}", owner=rep)
        log_activity(customer, by=rep, kind="call", subject="More")
    with django_assert_max_num_queries(len(first)):
        assert len(export()) == 8
