"""What is exported to be imported again comes back through the wizard as it was.

The company that imports is empty of records and has the same people and the same settings:
classes, categories, sources, campaigns, pools, terms of payment, sales processes, own fields.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Account, AccountClass, Contact, KeyField
from accounts.services import create_account, create_contact, create_payment_term
from activities.models import AboutModel, Activity, Task
from aftersales.models import Case, Survey
from crm.custom.fields import is_customised
from crm.delivery import check_figures
from crm.imports.fields import LINE, targets_of
from crm.imports.importer import importable, pages_of
from crm.imports.reading import read
from crm.models import ExchangeRate, Import, Work
from inventory.models import PurchaseRequest, StockLevel, StockMove
from leads.models import Lead
from leads.services import create_lead
from opportunities.models import Opportunity
from opportunities.services import import_opportunity
from orders.models import Order, Shipment, ShipmentLine
from orders.services import (
    create_order,
)
from products.models import Product
from products.services import create_category, create_product
from receivables.models import Payment, Receivable
from receivables.services import record_payment
from tests.crm import past
from tests.crm.importing import check, run, verdicts
from tests.crm.test_custom import own
from tests.factories.inventory import WarehouseFactory
from tests.factories.leads import PoolFactory, SourceFactory
from tests.factories.opportunities import SalesProcessFactory
from tests.factories.orders import CarrierFactory
from tests.factories.planning import CampaignFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

KINDS = (Account, Contact, Product, Lead, Opportunity, Order, Payment, Case, Activity, Task)

# Fields of records that are no columns of a file, by the reason.
BY_THE_PROGRAM = {"id", "version", "created_at", "updated_at", "created_by", "journey"}
BY_THE_PROGRAM |= {"merged_into", "custom"}  # own fields have columns of their own
FROM_OTHERS = {
    # Kept from other fields, or from other documents.
    Account: {"exposure", "last_contact_at"},
    Lead: {"last_contact_at", "warned_on"},
    # From where an order is held is how far its confirmation says it was.
    Order: {"contract", "amount", "tax", "received", "outstanding", "due", "open_returns"}
    | {"rate", "held_from"},
    Payment: {"allocated", "unallocated"},
    Case: {"survey"},
}


def as_it_is(model):
    """{field: reason} of what no file says of a kind."""
    reasons = dict.fromkeys(BY_THE_PROGRAM, "the program")
    keys = {field.name for field in model._meta.concrete_fields if isinstance(field, KeyField)}
    about = {"content_type", "object_id"} if issubclass(model, AboutModel) else set()
    follow = FROM_OTHERS.get(model, set()) | keys | about  # a column for each kind it may be about
    return reasons | dict.fromkeys(follow, "follows from others")


@pytest.fixture
def by(administrator):
    return administrator


@pytest.fixture
def own_fields(by):
    """Every kind of own field for every kind of record, and what is entered in them."""
    for model in filter(is_customised, KINDS):
        labels = {"label": "等级", "label_hant": "等級", "label_en": f"Tier of {model.__name__}"}
        own(model, "tier", "choice", choices="Gold\nSilver", **labels)
        own(model, "tags", "choices", choices="red, dark\nblue\nred")
        own(model, "budget", "money")
        own(model, "number", "number")
        own(model, "opened", "date")
        own(model, "buyer", "user")
        own(model, "listed", "bool")
        own(model, "shop", "link")
        # The words of another field do not confuse the two.
        own(model, "remark", label="备注", label_en="Notes", label_hant="備註")
    return {
        "tier": "Gold",
        "tags": ["red, dark", "blue"],
        "budget": "9999999999999999.99",
        "number": "0.000001",
        "opened": "2026-03-01",
        "buyer": {"id": by.pk, "label": str(by)},
        "listed": True,
        "shop": "https://shop.example.com/?a=1",
        "remark": "=1+1",
    }


@pytest.fixture
def company(by, own_fields):
    """Records with a value in every field that a file may fill."""
    campaign, source = CampaignFactory(name="Spring"), SourceFactory(name="Exhibition")
    grade = AccountClass.objects.create(code="A", name="Key customers")
    term = create_payment_term(
        by=by, name="30 days", lines=[{"label": "All", "event": "shipment", "days": 30}]
    )
    colleague = UserFactory(name="Wang", username="wang", role="rep")
    extra = {"custom": own_fields}
    parent = create_account(by=by, name="Parent", external_key="C-1")
    acme = create_account(
        by=by,
        name='=Acme "Ltd", 云栖',
        external_key="00123",
        phone="+8602155550001",
        website="acme.example.com",
        parent=parent,
        account_class=grade,
        campaign=campaign,
        payment_term=term,
        industry="'=quoted",
        region="-5",
        employees=12,
        annual_revenue=Decimal("1234567890123456.78"),
        founded=1999,
        status="customer",
        needs="Two\r\nlines, and a comma;\n\n- a list",
        description="@home",
        credit_code="91310000MA1K35XXXX",
        invoice_title="Acme",
        tax_number="0000123",
        bank="Bank",
        bank_account="0062 2202",
        currency_id="USD",
        owner=colleague,
        credit_limit=Decimal("99.90"),
        **extra,
    )
    # Another customer has a person of the same name.
    create_contact(by=by, account=parent, name="Li", is_primary=True)
    li = create_contact(
        by=by,
        account=acme,
        external_key="P-1",
        name="Li",
        title="CEO",
        role="decides",
        phone="13800001111",
        email="li@example.com",
        wechat="+li",
        birthday=date(1990, 3, 4),
        is_primary=True,
        wants_no_mail=True,
        is_active=False,
        notes="x\ty",
        **extra,
    )
    pump = create_product(
        by=by,
        code="007",
        external_key="X-1",
        name="Pump",
        category=create_category(by=by, name="Pumps"),
        unit="台",
        currency_id="USD",
        price=Decimal("12.3456"),
        cost=Decimal("0.1"),
        tax_rate=Decimal(6),
        is_stocked=False,
        description="a\nb",
        **extra,
    )
    gone = create_product(by=by, code="P-2", name="Gone", price=Decimal(3))
    pages_of("products.product").verbs["take_off_sale"].run(gone, by=by)
    create_lead(
        by=by,
        external_key="L-1",
        name="Zhao",
        title="buyer",
        phone="+86 139 0000 2222",
        email="zhao@example.com",
        wechat="zhao",
        company="Beta",
        industry="steel",
        region="East",
        source=source,
        campaign=campaign,
        pool=PoolFactory(name="East pool"),
        need="Pumps",
        has_budget="yes",
        has_authority="no",
        has_timing="unknown",
        description="=cmd",
        owner=colleague,
        **extra,
    )
    process = SalesProcessFactory(name="Long")
    own(Opportunity, "depth", "text", scope_id=process.pk, is_required=True)
    import_opportunity(
        by=by,
        state="lost",
        opened_on=date(2026, 1, 5),
        closed_on=date(2026, 2, 6),
        lost_reason="Price",
        external_key="D-1",
        name="Deal",
        account=acme,
        contact=li,
        product=pump,
        campaign=campaign,
        process=process,
        amount=Decimal("1000.50"),
        currency_id="USD",
        expected_close_on=date(2026, 12, 31),
        competitor="Gamma",
        next_step="Call",
        next_step_on=date(2026, 3, 1),
        description="d",
        owner=colleague,
        custom={**own_fields, "depth": "deep"},
    )
    order = {"by": by, "account": acme, "channel": "mail", "payment_term": term}
    create_order(
        **order,
        contact=li,
        external_key="O-1",
        customer_reference="PO-7",
        ordered_on=date(2026, 1, 5),
        requested_on=date(2026, 2, 5),
        recipient="Li",
        recipient_phone="021",
        address="1 Road",
        currency_id="USD",
        freight=Decimal("9.90"),
        notes="n",
        lines=[
            {"product": pump, "quantity": Decimal("2.5"), "unit_price": Decimal("9.99"), **rest}
            for rest in (
                {"description": "first", "discount": Decimal("12.5"), "tax_rate": Decimal(0)},
                {"description": "", "discount": Decimal(0), "tax_rate": Decimal(13)},
            )
        ],
        **extra,
    )
    # Two alike, without any key, and one of them with what is no longer sold.
    sold = {"product": gone, "quantity": Decimal(1), "unit_price": Decimal(3)}
    for lines in ([sold, sold], [sold], []):
        create_order(**order, lines=lines)
    ExchangeRate.objects.create(currency_id="USD", on=date(2020, 1, 1), rate=7)
    place, carrier = WarehouseFactory(code="W-2", name="Second"), CarrierFactory(name="Swift")
    past.live_order(by, create_order(**order, lines=[sold]), place, carrier)
    past.orders(order, gone, place, carrier)
    record_payment(
        by=by,
        external_key="R-1",
        account=acme,
        amount=Decimal("99.10"),
        currency="CNY",
        received_on=date(2026, 3, 1),
        method="cash",
        payer="Acme",
        reference="000TX",
        notes="n",
    )
    past.live_through(
        by, colleague, process, Order.objects.get(external_key="O-1"), pump, own_fields
    )


def empty():
    """Leave the company without records of what is imported, and what followed from them."""
    followers = (Survey, ShipmentLine, Shipment, Receivable, PurchaseRequest, StockMove, StockLevel)
    for model in (*followers, *reversed(KINDS)):
        if model is Account:
            model.objects.update(parent=None)
        model.objects.all().delete()


@translation.override("en")
def facts(model, by):
    """What a file says of all records of a kind: records it names by their words."""
    targets = targets_of(pages_of(model._meta.label_lower), by).values()
    names = [target.name for target in targets if target.field and not target.is_line]
    lines = [target.name.removeprefix(LINE) for target in targets if target.is_line]
    found = []
    for record in model.objects.order_by("pk"):
        data = {name: plain(getattr(record, name)) for name in names if hasattr(record, name)}
        data["custom"] = getattr(record, "custom", None)
        data["target"] = plain(getattr(record, "target", None))
        if lines:
            rows = record.lines.all()
            data["lines"] = [[plain(getattr(line, name)) for name in lines] for line in rows]
        found.append(data)
    return sorted(found, key=repr)


def plain(value):
    return str(value) if isinstance(value, models.Model) else value


def export(client, model, form):
    url = reverse(pages_of(model._meta.label_lower).route("export"))
    data = {"format": form, "query": "o=pk", "layout": "records"}
    assert client.post(url, data).status_code == 302
    work = Work.objects.filter(kind="export").latest("pk")
    assert work.status == "done", work.error
    return work.file.read()


@pytest.mark.parametrize(
    ("form", "written", "taken"),
    [("csv", "zh-hans", "en"), ("xlsx", "zh-hant", "zh-hans"), ("csv", "en", "zh-hant")],
)
def test_an_export_of_everything_imported_into_an_empty_company_gives_equal_records(
    form, written, taken, by, company, login, django_capture_on_commit_callbacks
):
    speak(by, written)
    before, figures = {model: facts(model, by) for model in KINDS}, computed()
    files = {model: export(login(by), model, form) for model in KINDS}
    empty()
    speak(by, taken)
    client = login(by)
    for model in KINDS:
        upload = SimpleUploadedFile(f"list.{form}", files[model])
        answer = client.post("/imports/new/", {"kind": model._meta.label_lower, "file": upload})
        assert answer.status_code == 302, answer.context["form"].errors
        found = check(client, Import.objects.latest("pk"), django_capture_on_commit_callbacks)
        rows = run(client, found, django_capture_on_commit_callbacks)
        assert set(verdicts(rows).values()) == {"created"}, [row.message for row in rows.values()]
    for model in KINDS:
        for record, original in zip(facts(model, by), before[model], strict=True):
            assert record == original
    assert computed() == figures
    assert check_figures() == "0"


def computed():
    """What no file says, and follows from the documents that came along."""
    found = {}
    for model, names in {
        Account: ["exposure", "last_contact_at"],
        Lead: ["last_contact_at"],
    }.items():
        found[model] = list(model.objects.order_by("name").values_list("name", *names))
    return found


def speak(person, language):
    person.language = language
    person.save()


@pytest.mark.parametrize("model", KINDS)
def test_every_field_that_is_imported_is_exported_with_its_value_and_the_other_way_round(
    model, by, company, login
):
    client = login(by)
    file = SimpleUploadedFile("list.csv", export(client, model, "csv"))
    sheet = read(file, "list.csv")
    file.seek(0)
    client.post("/imports/new/", {"kind": model._meta.label_lower, "file": file})
    mapping = Import.objects.latest("pk").mapping
    targets = targets_of(pages_of(model._meta.label_lower), by)
    # What is made beside a record, such as a contact, is exported as what it is.
    targets = {name: target for name, target in targets.items() if not target.beside}
    assert mapping.keys() == targets.keys()
    filled = {
        name for name, column in mapping.items() if any(cells[column] for _n, cells in sheet.rows)
    }
    assert targets.keys() == filled
    fields = {field.name for field in model._meta.concrete_fields}
    assert FROM_OTHERS.get(model, set()) <= fields
    assert fields - targets.keys() - as_it_is(model).keys() == set()
    assert as_it_is(model).keys() & targets.keys() == set()


def test_every_kind_that_can_be_imported_makes_the_round(by):
    assert {pages.model for pages in importable(by)} == set(KINDS)


def table(client, model, form="csv"):
    """{head: text} of every row of an export that is to be imported again."""
    file = SimpleUploadedFile(f"list.{form}", export(client, model, form))
    sheet = read(file, file.name)
    return [dict(zip(sheet.headers, cells, strict=True)) for _number, cells in sheet.rows]


def test_what_a_person_is_not_shown_is_not_in_the_file(by, manager, rep, login):
    reach = {"phone": "13800001111", "email": "li@example.com", "wechat": "lilili"}
    create_lead(by=by, name="Free", pool=PoolFactory(name="Pool"), **reach)
    create_lead(by=by, name="Held", owner=manager, **reach)
    found = {row["Contact person"]: row for row in table(login(by), Lead)}
    assert [found["Held"][head] for head in ("Phone", "Email", "WeChat")] == list(reach.values())
    assert [found["Free"][head] for head in ("Phone", "Email", "WeChat")] == [""] * 3
    create_product(by=by, code="P-1", name="Pump", price=Decimal(3), cost=Decimal(2))
    assert [row["Cost"] for row in table(login(by), Product)] == ["2.0000"]
    assert not rep.has_perm("products.view_cost")
    [row] = table(login(rep), Product)
    assert row["Code"] == "P-1"
    assert "Cost" not in row


def test_a_list_of_leads_shows_how_to_reach_them_only_as_far_as_one_may_know(by, login):
    create_lead(
        by=by,
        name="Free",
        pool=PoolFactory(name="Pool"),
        phone="13800001111",
        email="li@example.com",
        wechat="lilili",
    )
    query = "col=name&col=shown_phone&col=shown_email&col=shown_wechat"
    login(by).post(reverse("leads:lead_export"), {"format": "csv", "query": query})
    lines = Work.objects.latest("pk").file.read().decode("utf-8-sig").splitlines()
    assert lines == ["Contact person,Phone,Email,WeChat", "Free,138****1111,l*@example.com,li****"]


def test_an_export_holds_what_the_list_holds_and_no_more(by, rep, manager, outsider, login):
    for owner in (rep, outsider):
        create_account(by=by, name=f"of {owner.name}", owner=owner)
    assert [row["Name"] for row in table(login(manager), Account)] == ["of rep"]
    url = reverse("accounts:account_export")
    data = {"format": "csv", "query": "q=outsider", "layout": "records"}
    assert login(by).post(url, data).status_code == 302
    text = Work.objects.latest("pk").file.read().decode("utf-8-sig")
    assert "of outsider" in text
    assert "of rep" not in text


def test_who_may_not_export_gets_no_file_and_what_is_not_imported_has_none(by, integrator, login):
    assert not integrator.has_perm("crm.export_records")
    data = {"format": "csv", "query": "", "layout": "records"}
    assert login(integrator).post(reverse("accounts:account_export"), data).status_code == 403
    assert login(by).post(reverse("contracts:contract_export"), data).status_code == 404
    data["layout"] = "other"
    assert login(by).post(reverse("accounts:account_export"), data).status_code == 404
    assert not Work.objects.exists()


def test_the_queries_of_an_export_do_not_grow_with_its_rows(
    by, own_fields, login, django_assert_max_num_queries
):
    customer = create_account(by=by, name="Acme")
    pump = create_product(by=by, code="P-1", name="Pump", price=Decimal(3))
    lines = [{"product": pump, "quantity": Decimal(1)}] * 2

    def orders(count):
        for _n in range(count):
            create_order(by=by, account=customer, lines=lines, custom=own_fields)

    client = login(by)
    orders(1)
    with CaptureQueriesContext(connection) as first:
        export(client, Order, "csv")
    orders(10)
    with django_assert_max_num_queries(len(first)):
        assert len(table(client, Order)) == 22


def test_names_that_several_records_have_give_way_to_their_keys(by, login):
    for number in (1, 2):
        customer = create_account(by=by, name="Acme", external_key=f"C-{number}")
        create_contact(by=by, account=customer, name="Li")
    assert [row["Customer"] for row in table(login(by), Contact)] == ["C-1", "C-2"]


def test_a_field_of_one_sales_process_is_refused_in_another(by, take_in):
    create_account(by=by, name="Acme")
    long = SalesProcessFactory(name="Long")
    SalesProcessFactory(name="Short")
    own(Opportunity, "depth", scope_id=long.pk, is_required=True, label_en="Depth")
    text = "Name,Customer,Process,Depth,Amount\nA,Acme,Long,deep,1\nB,Acme,Short,deep,1\nC,Acme,Long,,1\nD,Acme,Short,,1\n"
    _client, _found, rows = take_in(by, text, "opportunities.opportunity")
    assert verdicts(rows) == {2: "created", 3: "refused", 4: "refused", 5: "created"}
    assert (rows[3].message, rows[4].message) == (
        "Depth: No such field.",
        "Depth: This field is required.",
    )
    assert Opportunity.objects.get(name="A").custom == {"depth": "deep"}


def test_a_file_does_not_bring_a_record_where_only_other_documents_lead(by, manager, take_in):
    create_account(by=by, name="Acme", owner=manager)
    text = "Customer,Customer's reference,State\nAcme,PO-1,received\nAcme,PO-2,shipped\n"
    _client, _found, rows = take_in(manager, text, "orders.order", key="")
    assert verdicts(rows) == {2: "created", 3: "refused"}
    assert rows[3].message == "State: A file cannot bring a record as far as “shipped”."
