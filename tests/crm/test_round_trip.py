"""What a list exports comes back through the import wizard as it was."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.models import AccountClass
from accounts.services import create_account, create_contact
from crm.imports.fields import targets_of
from crm.imports.importer import pages_of
from crm.models import Import, Work
from leads.services import create_lead
from opportunities.services import create_opportunity
from orders.services import create_order
from products.services import create_category, create_product
from receivables.services import record_payment
from tests.crm.importing import check, run, verdicts

pytestmark = pytest.mark.django_db


def account(by):
    grade = AccountClass.objects.create(code="A", name="Key customers")
    parent = create_account(by=by, name="Parent")
    return create_account(
        by=by,
        name='=Acme "Ltd", 云栖',
        phone="+86 21 5555 0001",
        parent=parent,
        account_class=grade,
        annual_revenue=Decimal("1234567.89"),
        founded=1999,
        status="customer",
        needs="Two\nlines, and a comma",
        credit_code="91310000MA1K35XXXX",
    )


def contact(by):
    acme = create_account(by=by, name="Acme")
    return create_contact(
        by=by,
        account=acme,
        name="Li",
        role="decides",
        birthday=date(1990, 3, 4),
        is_primary=True,
        email="li@example.com",
    )


def lead(by):
    return create_lead(by=by, name="Li", company="Acme", phone="13800001111", has_budget="yes")


def product(by):
    pumps = create_category(by=by, name="Pumps")
    return create_product(
        by=by, code="P-1", name="Pump", category=pumps, price=Decimal("12.5"), is_stocked=False
    )


def opportunity(by):
    acme = create_account(by=by, name="Acme")
    return create_opportunity(
        by=by,
        name="Deal",
        account=acme,
        product=product(by),
        amount=Decimal("1000.50"),
        expected_close_on=date(2026, 12, 31),
    )


def order(by):
    acme = create_account(by=by, name="Acme")
    return create_order(
        by=by, account=acme, customer_reference="PO-7", freight=Decimal("9.90"), channel="mail"
    )


def payment(by):
    acme = create_account(by=by, name="Acme")
    return record_payment(
        by=by, account=acme, amount=Decimal("99.10"), reference="TX-1", method="cash"
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("make", [account, contact, lead, product, opportunity, order, payment])
def test_an_export_that_is_imported_again_gives_equal_records(
    make, form, administrator, login, django_capture_on_commit_callbacks
):
    record = make(administrator)
    model = type(record)
    pages = pages_of(model._meta.label_lower)
    names = [name for name, target in targets_of(pages, administrator).items() if target.field]
    names = [name for name in names if not name.startswith("lines.") and name != "state"]
    before = model_to_dict(record, [*names, "owner"])
    client = login(administrator)
    # The list of leads shows the number as far as the person may see it, and no other address.
    query = urlencode({"col": [*names, "shown_phone"]}, doseq=True)
    url = reverse(pages.route("export"))
    answer = client.post(url, {"format": form, "query": query})
    assert answer.status_code == 302
    work = Work.objects.filter(kind="export").latest("pk")
    assert work.status == "done", work.error
    model.objects.filter(pk=record.pk).delete()
    others = model.objects.count()
    upload = SimpleUploadedFile(f"list.{form}", work.file.read())
    answer = client.post("/imports/new/", {"kind": model._meta.label_lower, "file": upload})
    assert answer.status_code == 302, answer.context["form"].errors
    found = Import.objects.latest("pk")
    missing = set(pages.form(user=administrator).fields) & set(names) - set(found.mapping)
    assert missing <= ({"email", "wechat"} if make is lead else set())
    found = check(client, found, django_capture_on_commit_callbacks)
    rows = run(client, found, django_capture_on_commit_callbacks)
    reasons = [row.message for row in rows.values()]
    assert list(verdicts(rows).values()).count("created") == 1, reasons
    assert model.objects.count() == others + 1
    again = model.objects.latest("pk")
    assert model_to_dict(again, [*names, "owner"]) == before
    assert again.pk != record.pk
