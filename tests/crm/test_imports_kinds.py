"""Each kind through the wizard: what its rows become, and back."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Contact
from crm.imports.fields import targets_of
from crm.imports.importer import pages_of
from crm.models import Event, Import
from crm.pages import Pages
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from products.models import Product
from receivables.models import Payment
from tests.crm.importing import check, run, undo, upload, verdicts
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory, SourceFactory
from tests.factories.products import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


def test_contacts_find_their_customer_by_name_key_and_code(manager, take_in):
    one = AccountFactory(name="上海云栖科技有限公司", owner=manager, external_key="C-1")
    text = "客户,姓名,邮箱,主要联系人\n上海云栖科技,李,li@example.com,是\nC-1,王,,否\n没有,张,,\n"
    _client, _found, rows = take_in(
        manager, text, "accounts.contact", column_1="name", column_2="email"
    )
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}
    assert set(one.contacts.values_list("name", flat=True)) == {"李", "王"}
    assert "没有" in rows[4].message


def test_a_contact_is_found_within_the_customer_of_its_row(manager, take_in):
    first = AccountFactory(name="First", owner=manager)
    second = AccountFactory(name="Second", owner=manager)
    for account in (first, second):
        Contact.objects.create(account=account, name="Li")
    text = 'Name,Customer,Contact,Amount,Expected close\nDeal,Second,Li,"1,000",2026-12-01\n'
    _client, _found, rows = take_in(manager, text, "opportunities.opportunity")
    assert verdicts(rows) == {2: "created"}, rows[2].message
    deal = Opportunity.objects.get()
    assert (deal.contact.account, deal.amount, deal.state) == (second, Decimal(1000), "needs")


def test_deals_may_come_in_as_they_stand_elsewhere(
    administrator, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme", owner=administrator)
    text = "Name,Customer,Phase,Opened on,Closed on,Amount\nOld,Acme,won,10/20/2016,3/1/2017,1054\n"
    client, found, rows = take_in(administrator, text, "opportunities.opportunity")
    assert verdicts(rows) == {2: "created"}, rows[2].message
    deal = Opportunity.objects.get()
    assert (deal.state, deal.opened_on, deal.closed_on) == (
        "won",
        date(2016, 10, 20),
        date(2017, 3, 1),
    )
    assert deal.owner == administrator
    undo(client, found, django_capture_on_commit_callbacks)
    assert not Opportunity.objects.exists()


def test_deals_of_other_systems_may_lack_a_name_and_old_ones_a_customer(administrator, take_in):
    AccountFactory(name="Acme", owner=administrator)
    ProductFactory(code="P-1", name="Pump")
    text = (
        "External key,Customer,Product,Phase,Opened on\n"
        "K-1,Acme,P-1,,\nK-2,,P-1,presentation,2016-10-20\nK-3,,P-1,,\n"
    )
    _client, _found, rows = take_in(administrator, text, "opportunities.opportunity")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}
    assert rows[4].message == "Customer: This field is required."
    names = Opportunity.objects.order_by("external_key").values_list("name", "account__name")
    assert list(names) == [("Pump · Acme", "Acme"), ("Pump · K-2", None)]


def test_a_product_without_a_code_gets_one_of_its_name(manager, take_in):
    text = "Name,List price\n离心泵 50,5\nGTX Basic,6\n离心泵 50,7\n"
    _client, _found, rows = take_in(manager, text, "products.product", key="")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}
    codes = Product.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["离心泵-50", "GTX-BASIC"]


def test_leads_come_from_their_source_and_possible_duplicates_are_left_out(manager, take_in):
    SourceFactory(name="Exhibition")
    LeadFactory(name="Old", company="Acme Ltd", owner=manager)
    text = (
        "Contact person,Company,Phone,Source,State\n"
        "Li,Beta,13800001111,Exhibition,working\n"
        "Wang,ACME,,Exhibition,\n"
        "Zhao,Gamma,13800002222,Nowhere,\n"
    )
    _client, _found, rows = take_in(manager, text, "leads.lead", key="")
    assert verdicts(rows) == {2: "created", 3: "duplicate", 4: "refused"}
    lead = Lead.objects.get(name="Li")
    assert (lead.state, lead.source.name, lead.owner) == ("working", "Exhibition", manager)


def test_the_numbers_of_leads_in_the_pool_are_not_overwritten_unseen(administrator, take_in):
    lead = LeadFactory(name="Li", owner=None, phone="13800001111", external_key="L-1")
    text = "External key,Contact person,Phone\nL-1,Li,138****1111\n"
    _client, _found, rows = take_in(administrator, text, "leads.lead", mode="both")
    assert verdicts(rows) == {2: "unchanged"}, rows[2].message
    lead.refresh_from_db()
    assert lead.phone == "13800001111"


def test_products_are_updated_by_their_code_and_taken_off_sale(
    manager, take_in, django_capture_on_commit_callbacks
):
    CategoryFactory(name="Pumps")
    ProductFactory(code="P-1", name="One", price=Decimal(10))
    text = (
        "Code,Name,Category,List price,Tax rate %,Kept in stock,State\n"
        "P-1,One,Pumps,¥12.50,13%,是,\nP-2,Two,,5,0,否,off sale\n"
    )
    client, found, rows = take_in(manager, text, "products.product", mode="both", key="code")
    assert verdicts(rows) == {2: "updated", 3: "created"}, [r.message for r in rows.values()]
    one, two = Product.objects.order_by("code")
    assert (one.price, one.category.name, one.is_stocked) == (Decimal("12.5"), "Pumps", True)
    assert (two.is_stocked, two.state) == (False, "off_sale")
    undo(client, found, django_capture_on_commit_callbacks)
    one.refresh_from_db()
    assert (Product.objects.count(), one.price, one.category) == (1, Decimal(10), None)


ORDERS = (
    "External key,Customer,Ordered on,Freight,Product,Quantity,Unit price,Discount %\n"
    "O-1,Acme,2026-01-05,32.38,P-1,12,14,0\n"
    "O-1,Acme,2026-01-05,32.38,P-2,10,9.8,10\n"
    "O-2,Acme,2026-01-06,,P-1,many,,\n"
    "O-3,Acme,2026-01-07,,P-2,3,,\n"
)


def test_rows_with_the_same_key_are_one_order(manager, take_in, django_capture_on_commit_callbacks):
    AccountFactory(name="Acme", owner=manager)
    ProductFactory(code="P-1")
    ProductFactory(code="P-2", price=Decimal(7))
    client, found, rows = take_in(manager, ORDERS, "orders.order")
    assert verdicts(rows) == {2: "created", 4: "refused", 5: "created"}, [
        r.message for r in rows.values()
    ]
    assert rows[4].message == "row 4, line: Quantity: “many” is no number."
    one, three = Order.objects.order_by("external_key")
    assert (one.amount, one.freight, one.lines.count(), one.state) == (
        Decimal("256.20"),
        Decimal("32.38"),
        2,
        "received",
    )
    assert (three.amount, three.freight) == (Decimal(21), 0)
    refused = client.get(f"/imports/{found.pk}/refused/").content.decode("utf-8-sig")
    assert refused.splitlines()[1].startswith("O-2,Acme,2026-01-06,,P-1,many,,,")
    undo(client, found, django_capture_on_commit_callbacks)
    assert not Order.objects.exists()


def test_an_order_that_is_imported_again_is_unchanged_or_gets_its_lines_back(
    manager, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme", owner=manager)
    ProductFactory(code="P-1")
    ProductFactory(code="P-2", price=Decimal(7))
    take_in(manager, ORDERS, "orders.order")
    _client, _found, rows = take_in(manager, ORDERS, "orders.order", mode="both")
    assert verdicts(rows) == {2: "unchanged", 4: "refused", 5: "unchanged"}
    before = Order.objects.get(external_key="O-1")
    lines = list(before.lines.values_list("product_id", "quantity", "unit_price", "discount"))
    changed = ORDERS.replace(",P-2,10,9.8,10", ",P-2,11,9.8,10")
    client, found, rows = take_in(manager, changed, "orders.order", mode="update")
    assert verdicts(rows) == {2: "updated", 4: "refused", 5: "unchanged"}
    assert Order.objects.get(pk=before.pk).amount == Decimal("265.02")
    undo(client, found, django_capture_on_commit_callbacks)
    after = Order.objects.get(pk=before.pk)
    assert after.amount == before.amount
    assert (
        list(after.lines.values_list("product_id", "quantity", "unit_price", "discount")) == lines
    )


def test_payments_are_recorded_once_and_cleared_where_the_file_says_so(
    finance, manager, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme", owner=manager)
    text = (
        "Customer,Bank reference,Amount,Received on,Method,State\n"
        'Acme,TX-1,"1,000.00",2026-01-05,bank transfer,cleared\nAcme,TX-2,5,2026-01-06,现金,\n'
        "Acme,TX-3,0,2026-01-06,,\n"
    )
    client, found, rows = take_in(finance, text, "receivables.payment", key="reference")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}, [
        r.message for r in rows.values()
    ]
    one, two = Payment.objects.order_by("reference")
    assert (one.state, one.amount, two.state, two.method) == (
        "cleared",
        Decimal(1000),
        "recorded",
        "cash",
    )
    assert one.account.exposure == 0 or one.account.exposure < 0
    _client, _again, rows = take_in(finance, text, "receivables.payment", key="reference")
    assert verdicts(rows) == {2: "duplicate", 3: "duplicate", 4: "refused"}
    undo(client, found, django_capture_on_commit_callbacks)
    assert not Payment.objects.exists()
    assert Event.objects.filter(name="payment.removed").count() == 2


# --- The rights on states ----------------------------------------------------------------------

WON = "Name,Customer,Phase,Opened on,Closed on,Amount\nOld,Acme,won,2016-10-20,2017-03-01,1054\n"


def test_who_may_not_take_over_history_is_offered_no_columns_and_refused_the_file(
    manager, login, administrator
):
    pages = pages_of("opportunities.opportunity")
    history = {"state", "opened_on", "closed_on", "lost_reason"}
    assert history <= targets_of(pages, administrator).keys()
    assert not history & targets_of(pages, manager).keys()
    file = SimpleUploadedFile("deals.csv", WON.encode())
    data = {"kind": "opportunities.opportunity", "file": file}
    answer = login(manager).post("/imports/new/", data)
    assert answer.status_code == 422
    assert "Remove these columns: Phase, Opened on, Closed on." in answer.content.decode()
    assert not Import.objects.exists()


def test_rows_are_refused_when_the_right_is_taken_away_after_the_columns_were_chosen(
    manager, login, django_capture_on_commit_callbacks
):
    AccountFactory(name="Acme", owner=manager)
    right = Permission.objects.get(codename="take_over_history")
    role = manager.roles.get()
    role.permissions.add(right)
    client = login(manager)
    found = check(
        client, upload(client, WON, "opportunities.opportunity"), django_capture_on_commit_callbacks
    )
    assert found.check_run.result["counts"] == {"created": 1}
    role.permissions.remove(right)
    rows = run(client, found, django_capture_on_commit_callbacks)
    assert verdicts(rows) == {2: "refused"}
    assert "right to take over what these columns say" in rows[2].message
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("leads.lead", "Contact person,Company,State\nLi,Beta,qualified\n"),
        ("products.product", "Code,Name,List price,State\nP-2,Two,5,off sale\n"),
        ("orders.order", "Customer,Customer's reference,State\nAcme,PO-1,approved\n"),
        (
            "receivables.payment",
            "Customer,Bank reference,Amount,State\nAcme,TX-1,5,cleared\n",
        ),
    ],
)
def test_a_state_is_reached_by_verbs_whose_rights_the_person_holds(
    kind, text, integrator, administrator, take_in
):
    AccountFactory(name="Acme")
    _client, found, rows = take_in(integrator, text, kind, key="")
    assert "state" in found.mapping
    assert verdicts(rows) == {2: "refused"}, rows[2].message
    assert not pages_of(kind).model.objects.exists()


def test_every_importer_reaches_states_by_verbs_or_by_the_right_to_take_over():
    for pages in Pages.registry.values():
        if importer := pages.importer:
            verbs = {verb for walk in importer.walks.values() for verb in walk}
            assert verbs <= set(pages.verbs)
            assert importer.history or importer.create is None
            assert set(importer.borrowed) <= set(importer.history)


@pytest.mark.parametrize("kind", ["accounts.contact", "leads.lead"])
def test_people_are_found_again_by_their_mail(kind, manager, take_in):
    model = pages_of(kind).model
    if model is Contact:
        one = AccountFactory(name="Acme", owner=manager)
        Contact.objects.create(account=one, name="Li", email="Li@Example.com")
    else:
        LeadFactory(name="Li", email="Li@Example.com", owner=manager)
    text = "Email,Job title\nli@example.com,CEO\nnobody@example.com,CEO\n"
    _client, _found, rows = take_in(manager, text, kind, mode="update", key="email")
    assert verdicts(rows) == {2: "updated", 3: "refused"}
    assert model.objects.get().title == "CEO"
