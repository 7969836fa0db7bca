"""Documents as PDF, read as their readers would: in three languages, over both doors, and not by
those who may not see the record."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Account
from activities.models import Activity
from activities.services import write_mail
from contracts.models import Contract
from crm.models import Company, Event
from crm.papers import PAPERS
from crm.papers.words import in_words
from opportunities.models import Quotation
from orders.models import Order, Shipment
from receivables import services as receivables
from receivables.models import Invoice, Receivable
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.contracts import ContractFactory
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.orders import OrderFactory, TermFactory, confirmed, delivered, fulfilling
from tests.factories.products import ProductFactory
from tests.factories.receivables import PaymentFactory, ReceivableFactory
from users.models import ApiKey

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "zh-hant", "en")
CUSTOMER = "南京泰和环保科技有限公司"
TITLES = {
    Quotation: ("报价单", "報價單", "Quotation"),
    Contract: ("销售合同", "銷售合約", "Contract"),
    Order: ("订单确认书", "訂單確認書", "Order confirmation"),
    Shipment: ("送货单", "送貨單", "Delivery note"),
    Invoice: ("发票", "發票", "Invoice"),
    Account: ("对账单", "對帳單", "Statement of account"),
}


@pytest.fixture(autouse=True)
def company():
    found = Company.current()
    found.name, found.legal_name = "润泵", "苏州润泵流体设备有限公司"
    found.bank, found.bank_account = "Bank of Rivers", "1001 2345 6789"
    found.save()
    return found


def customer(owner):
    return AccountFactory(name=CUSTOMER, owner=owner)


def pump(name="Pump"):
    """Three of it are 3,703.70 with the tax; the cost is told by its digits."""
    return ProductFactory(name=name, price=Decimal("1234.5678"), cost=Decimal("617.2839"))


def quotation(owner, product=None, **fields):
    deal = OpportunityFactory(quotation=True, account=customer(owner), owner=owner)
    fields = {"payment_term": TermFactory(), **fields}
    return QuotationFactory(
        opportunity=deal, lines=[(product or pump(), 3)], **{"sent": True, **fields}
    )


def contract(owner):
    return ContractFactory(
        owner=owner,
        account=customer(owner),
        lines=[(pump(), 3)],
        number="CT-2026-000077",
        payment_term=TermFactory(),
    )


def order(owner, **fields):
    return OrderFactory(owner=owner, account=customer(owner), lines=[(pump(), 3)], **fields)


def shipment(owner):
    sold = fulfilling(owner=owner, account=customer(owner))
    return delivered(sold).shipments.get()


def invoice(owner):
    sold = confirmed(order(owner, freight=Decimal("12.30")))
    return receivables.issue_invoice(receivables.create_invoice(by=None, order=sold), by=None)


def debtor(owner):
    account = customer(owner)
    ReceivableFactory(account=account, amount=Decimal("800.10"))
    due = timezone.localdate() + timedelta(days=9)
    ReceivableFactory(account=account, amount=Decimal("55.05"), due_on=due)
    return account


MAKERS = {
    Quotation: quotation,
    Contract: contract,
    Order: lambda owner: confirmed(order(owner, freight=Decimal("12.30"))),
    Shipment: shipment,
    Invoice: invoice,
    Account: debtor,
}
# Printed on the paper and shown on the page of the record, or of its receivables.
TOTALS = {
    Quotation: "3,703.70",
    Contract: "3,703.70",
    Order: "3,716.00",
    Shipment: "",
    Invoice: "3,716.00",
    Account: "855.15",
}
KINDS = sorted(MAKERS, key=lambda kind: kind.__name__)


def url_of(obj, language="en"):
    route = f"{obj._meta.app_label}:{obj._meta.model_name}_pdf"
    return f"{reverse(route, args=[obj.pk])}?lang={language}"


def pages_of(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def text_of(answer):
    """Without blanks, whose place is a matter of layout."""
    return "".join("".join(pages_of(answer)).split())


def packed(text):
    return "".join(text.split())


def test_all_six_kinds_are_printed():
    assert set(PAPERS) == set(MAKERS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_document_says_in_every_language_who_what_and_how_much(kind, rep, login):
    obj = MAKERS[kind](rep)
    shown = login(rep).get(obj.get_absolute_url()).content.decode()
    assert kind in (Shipment, Account) or TOTALS[kind] in shown
    for language, title in zip(LANGUAGES, TITLES[kind], strict=True):
        answer = login(rep).get(url_of(obj, language))
        text = text_of(answer)
        for wanted in (title, CUSTOMER, "苏州润泵流体设备有限公司", TOTALS[kind]):
            assert packed(wanted) in text, (language, wanted)
        if kind is not Account:
            assert packed(obj.number) in text
        if TOTALS[kind]:
            total = Decimal(TOTALS[kind].replace(",", ""))
            assert packed(in_words(total, "CNY", language)) in text
        assert "617.28" not in text  # the cost


def test_a_statement_owes_what_the_ageing_owes(finance, login):
    account = debtor(None)
    assert receivables.ageing(finance)["totals"][0]["total"] == Decimal("855.15")
    payment = PaymentFactory(account=account, amount=Decimal("20.20"))
    text = text_of(login(finance).get(url_of(account)))
    for wanted in ("¥800.10", "¥55.05", "¥855.15", "¥20.20", payment.number, "BankofRivers"):
        assert wanted in text


def test_a_statement_adds_up_each_currency_by_itself(finance, login):
    account = debtor(None)
    ReceivableFactory(account=account, currency_id="USD", amount=Decimal("9.90"))
    text = text_of(login(finance).get(url_of(account)))
    for wanted in ("¥855.15", "$9.90", "USD nine and 90/100 only", "OwedinUSD"):
        assert packed(wanted) in text


def test_a_part_of_an_order_is_invoiced_without_its_lines(finance, login):
    sold = confirmed(order(None))
    part = receivables.create_invoice(by=None, order=sold, amount=Decimal("1000"))
    text = text_of(login(finance).get(url_of(part)))
    assert packed(f"Part of order {sold}") in text
    assert "¥1,000.00" in text
    assert "3,703.70" not in text


def test_a_reversal_says_what_it_takes_back(finance, login):
    taken = invoice(None)
    back = receivables.reverse_invoice(taken, reason="Wrong title", by=None)
    text = text_of(login(finance).get(url_of(back)))
    assert packed(f"Reversal of invoice {taken.number}") in text
    assert "−¥3,716.00" in text
    assert "Wrongtitle" in text
    assert "REVERSED" in text_of(login(finance).get(url_of(taken)))


def test_a_contract_holds_its_clauses_and_what_the_customer_is_known_by(rep, login):
    obj = contract(rep)
    obj.account.tax_number, obj.account.bank_account = "T", "6222 0001"
    obj.account.save()
    text = text_of(login(rep).get(url_of(obj)))
    clause = obj.clauses.first()
    assert packed(clause.body) in text
    assert "62220001" in text
    assert packed("Authorised representative") in text


def test_a_delivery_note_names_no_price(warehouse, login):
    obj = shipment(None)
    text = text_of(login(warehouse).get(url_of(obj)))
    line = obj.lines.get()
    assert line.line.product.code in text
    assert "¥" not in text
    assert packed(obj.order.address) in text


def test_what_does_not_bind_yet_is_marked(rep, login):
    draft = quotation(rep, sent=False)
    assert "DRAFT" in text_of(login(rep).get(url_of(draft)))
    assert "草稿" in text_of(login(rep).get(url_of(draft, "zh-hans")))
    assert "DRAFT" not in text_of(login(rep).get(url_of(quotation(rep))))
    replaced = quotation(rep, sent=False, state="superseded", number="QT-1")
    assert "SUPERSEDED" in text_of(login(rep).get(url_of(replaced)))


def test_the_company_s_language_is_the_default(rep, login, settings):
    settings.LANGUAGE_CODE = "zh-hant"
    obj = quotation(rep)
    path = url_of(obj).partition("?")[0]
    assert "報價單" in text_of(login(rep).get(path))
    assert "報價單" in text_of(login(rep).get(f"{path}?lang=xx"))


def test_a_long_table_has_its_head_on_every_page(rep, login):
    obj = order(rep)
    product = pump()
    long = OrderFactory(owner=rep, account=obj.account, lines=[(product, n) for n in range(1, 71)])
    pages = pages_of(login(rep).get(url_of(long)))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert packed(f"Page {number} of {len(pages)}") in packed(page)
    heads = [packed("Unit price") in packed(page) for page in pages]
    assert heads.count(True) >= len(pages) - 1  # the last may hold the totals alone


def test_what_stands_in_a_record_is_text_and_never_markup(rep, login):
    name = '#panic("x") *bold* $x^2$ = head // note @ref <tag> 𠮷'
    obj = quotation(rep, product=pump(name))
    obj.notes = '#sys.inputs\n- [x] #include "/etc/passwd"'
    obj.save()
    text = text_of(login(rep).get(url_of(obj)))
    assert packed(name).removesuffix("𠮷") in text
    assert packed('#include"/etc/passwd"') in text


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whoever_does_not_see_the_record_gets_nothing(kind, rep, outsider, login, api):
    obj = MAKERS[kind](rep)
    rest = f"{rest_url(obj)}pdf/"
    assert login(outsider).get(url_of(obj)).status_code == 404
    assert api(outsider).get(rest).status_code == 404
    assert not Event.objects.filter(name="paper.made").exists()
    answer = api(rep).get(f"{rest}?lang=zh-hans", headers={"accept": "application/pdf"})
    assert packed(TITLES[kind][0]) in text_of(answer)
    event = Event.objects.about(obj).get(name="paper.made")
    assert (event.actor, event.data["language"]) == (rep, "zh-hans")


def rest_url(obj):
    prefixes = {
        Quotation: "quotations",
        Contract: "contracts",
        Order: "orders",
        Shipment: "shipments",
        Invoice: "invoices",
        Account: "accounts",
    }
    return reverse(f"api:{prefixes[type(obj)]}-detail", args=[obj.pk])


def test_a_statement_needs_the_right_to_see_what_is_owed(warehouse, login, api):
    account = debtor(None)
    assert login(warehouse).get(url_of(account)).status_code == 403
    assert api(warehouse).get(f"{rest_url(account)}pdf/").status_code == 403
    page = login(warehouse).get(account.get_absolute_url())
    assert "/pdf/" not in page.content.decode()


def test_a_statement_is_whole_or_not_at_all(rep, outsider, login):
    account = debtor(rep)
    Receivable.objects.filter(account=account).first().order.__class__.objects.filter(
        account=account
    ).update(owner=outsider)
    answer = login(rep).get(url_of(account))
    assert answer.status_code == 409
    assert "855.15" not in answer.content.decode()


def test_a_key_needs_the_scope_of_all_that_stands_on_the_document(integrator, client):
    account = debtor(None)
    for scopes, status in (
        (["accounts:read"], 403),
        (["accounts:read", "receivables:read"], 200),
    ):
        key, token = ApiKey.objects.create(integrator)
        ApiKey.objects.filter(pk=key.pk).update(scopes=scopes)
        headers = {"authorization": f"Token {token}"}
        assert client.get(f"{rest_url(account)}pdf/", headers=headers).status_code == status


def test_the_page_of_a_record_offers_its_pdf_in_every_language(rep, login):
    obj = quotation(rep)
    page = login(rep).get(obj.get_absolute_url()).content.decode()
    for language in LANGUAGES:
        assert url_of(obj, language) in page


def test_the_customer_takes_the_offer_along(client, rep):
    obj = quotation(rep)
    url = reverse("opportunities:public_quotation", args=[obj.token])
    assert f"{url}pdf/" in client.get(url).content.decode()
    text = text_of(client.get(f"{url}pdf/", headers={"accept-language": "zh-hans"}))
    assert "报价单" in text
    assert "3,703.70" in text
    Quotation.objects.filter(pk=obj.pk).update(token="")
    assert client.get(f"{url}pdf/").status_code == 404


# --- By mail ------------------------------------------------------------------------------------


def write(person, obj, commits, **fields):
    kind = [obj._meta.app_label, obj._meta.model_name, obj.pk]
    fields = {"to": "buyer@example.com", "subject": "Our offer", "body": "See below.", **fields}
    with commits(execute=True):
        return person.post(reverse("activities:mail_for", args=kind), fields)


def test_an_offer_goes_along_with_a_mail(
    rep, login, mailoutbox, django_capture_on_commit_callbacks
):
    obj = quotation(rep)
    ContactFactory(account=obj.account, email="buyer@example.com")
    answer = write(login(rep), obj, django_capture_on_commit_callbacks, paper="zh-hans")
    assert answer.status_code == 302
    [mail] = mailoutbox
    [(name, content, kind)] = mail.attachments
    assert (name, kind) == (f"报价单_{obj.number}_V1.pdf", "application/pdf")
    text = packed("".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages))
    assert "3,703.70" in text
    assert name in Activity.objects.get().body
    assert Event.objects.about(obj).filter(name="paper.made").exists()


def test_a_mail_goes_alone_unless_asked(rep, login, mailoutbox, django_capture_on_commit_callbacks):
    obj = quotation(rep)
    ContactFactory(account=obj.account, email="buyer@example.com")
    write(login(rep), obj, django_capture_on_commit_callbacks)
    assert not mailoutbox[0].attachments


def test_nobody_mails_a_statement_they_may_not_print(
    warehouse, login, mailoutbox, django_capture_on_commit_callbacks
):
    account = debtor(None)
    ContactFactory(account=account, email="buyer@example.com")
    person = login(warehouse)
    url = reverse("activities:mail_for", args=["accounts", "account", account.pk])
    assert 'name="paper"' not in person.get(url).content.decode()
    write(person, account, django_capture_on_commit_callbacks, paper="en")
    assert not any(mail.attachments for mail in mailoutbox)
    with pytest.raises(PermissionDenied):
        write_mail(account, by=warehouse, to="buyer@example.com", subject="S", body="B", paper="en")
