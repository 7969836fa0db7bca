"""Mail templates and mails to single people."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities import services
from activities.models import Activity, Mail, MailTemplate
from crm.models import Notification
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.activities import MailTemplateFactory
from tests.factories.aftersales import CaseFactory
from tests.factories.contracts import ContractFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.orders import OrderFactory

HTMX = {"HX-Request": "true"}
DOCUMENTS = [OpportunityFactory, QuotationFactory, ContractFactory, OrderFactory, CaseFactory]


@pytest.fixture
def li(rep):
    return ContactFactory(account__owner=rep, account__name="Hua Pumps", name="Li", email="li@x.cn")


@pytest.fixture
def write(rep, li, django_capture_on_commit_callbacks):
    def send(**fields):
        fields = {"to": "li@x.cn", "subject": "Hello", "body": "Dear Li", **fields}
        with django_capture_on_commit_callbacks(execute=True):
            return services.write_mail(li, by=rep, **fields)

    return send


def test_unknown_placeholders_are_listed_before_anything_is_saved(manager, login):
    data = {
        "name": "News", "kind": "leads.lead", "language": "en", "is_active": "on",
        "subject": "For {{ lead.company }}",
        "body": "{{ recipient.name }} {{ account.name }} {{ settings.SECRET_KEY }} {% load x %}",
    }  # fmt: skip
    answer = login(manager).post("/activities/templates/new/", data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "account.name" in text
    assert "SECRET_KEY" in text
    assert not MailTemplate.objects.exists()
    data["body"] = "Dear {{recipient.name}}"
    assert login(manager).post("/activities/templates/new/", data).status_code == 302


def test_the_preview_shows_a_record_one_may_see(login, rep, li, outsider):
    template = MailTemplateFactory()
    hidden = ContactFactory(account__owner=outsider)
    url = f"/activities/templates/{template.pk}/preview/"
    text = login(rep).get(url, {"record": li.pk}, headers=HTMX).content.decode()
    assert "Dear Li of Hua Pumps, rep" in text
    answer = login(rep).get(url, {"record": hidden.pk}, headers=HTMX)
    assert "Dear" not in answer.content.decode()


def test_a_value_is_never_taken_for_a_placeholder_or_a_header(rep, li):
    li.name = "{{ me.email }}\nBcc: all@x.cn"
    template = MailTemplateFactory(subject="For {{ recipient.name }}")
    [person] = services.people_of(li)
    subject, body = services.filled(template, li, person, rep)
    assert "\n" not in subject
    assert "{{ me.email }}" in body


def test_every_kind_fills_all_its_placeholders(rep):
    from activities import kinds, placeholders

    account = AccountFactory(owner=rep)
    documents = [factory(owner=rep) for factory in DOCUMENTS]
    for customer in (account, *(document.account for document in documents)):
        ContactFactory(account=customer, email="a@x.cn")
    rows = [
        account,
        account.contacts.get(),
        LeadFactory(owner=rep, email="b@x.cn"),
        *documents,
    ]
    assert {type(row) for row in rows} == set(kinds.MAIL)
    for row in rows:
        label = row._meta.label_lower
        body = " ".join(f"{{{{ {name} }}}}" for name, _label in placeholders.of_kind(label))
        template = MailTemplateFactory(kind=label, body=body)
        template.full_clean()
        person = services.people_of(row)[0]
        assert "{{" not in services.filled(template, row, person, rep)[1]


def test_a_mail_is_sent_once_and_logged_on_the_record(write, li, rep, mailoutbox):
    mail = write()
    [sent] = mailoutbox
    assert (sent.to, sent.subject, sent.reply_to) == (["li@x.cn"], "Hello", [rep.email])
    assert not services.send_one(mail.pk)
    assert services.send_waiting_mails(at=timezone.now() + timedelta(hours=1)) == 0
    activity = Activity.objects.get()
    assert (activity.kind, activity.target, activity.owner) == ("mail", li, rep)
    assert "Dear Li" in activity.body
    mail.refresh_from_db()
    assert mail.status == "sent"


def test_a_refused_mail_says_so_and_tells_its_sender(write, rep, monkeypatch):
    def refuse(self):
        raise OSError("no such mailbox")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    mail = write()
    mail.refresh_from_db()
    assert (mail.status, mail.reason) == ("failed", "no such mailbox")
    assert not Activity.objects.exists()
    assert Notification.objects.filter(user=rep, event__name="mail.failed").exists()


def test_what_has_gone_out_is_sent_though_its_sender_may_log_no_more(rep, li, mailoutbox):
    mail = services.write_mail(li, by=rep, to="li@x.cn", subject="Hello", body="Dear Li")
    rep.roles.clear()
    assert services.send_one(mail.pk)
    mail.refresh_from_db()
    assert mail.status == "sent"
    assert len(mailoutbox) == 1
    assert not Activity.objects.exists()


def test_a_mail_waits_for_a_server_that_is_not_reached_but_not_for_ever(
    write, rep, li, mailoutbox, settings
):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nothing listens there
    mail, old = write(), write()
    now = timezone.now()
    Mail.objects.filter(pk=old.pk).update(created_at=now - timedelta(hours=25))
    assert services.send_waiting_mails(at=now + timedelta(hours=1)) == 0
    mail.refresh_from_db()
    old.refresh_from_db()
    assert (mail.status, old.status) == ("waiting", "failed")
    settings.EMAIL_BACKEND = backend
    assert services.send_waiting_mails(at=now + timedelta(hours=1)) == 1
    assert len(mailoutbox) == 1


def test_what_a_dead_run_has_claimed_is_marked_and_not_sent_again(rep, li, mailoutbox):
    mail = services.write_mail(li, by=rep, to="li@x.cn", subject="Hello", body="Dear Li")
    Mail.objects.update(status="sending", claimed_at=timezone.now() - timedelta(hours=1))
    services.send_waiting_mails(at=timezone.now())
    mail.refresh_from_db()
    assert mail.status == "failed"
    assert not mailoutbox


def test_a_lost_task_is_made_up_for(rep, li, mailoutbox):
    services.write_mail(li, by=rep, to="li@x.cn", subject="Hello", body="Dear Li")
    assert not mailoutbox
    assert services.send_waiting_mails(at=timezone.now() + timedelta(minutes=2)) == 1
    assert len(mailoutbox) == 1


def test_mail_goes_only_to_people_of_the_record(rep, li, login):
    with pytest.raises(ValidationError):
        services.write_mail(li, by=rep, to="x@y.cn", subject="Hello", body="x")
    url = f"/activities/mail/accounts/contact/{li.pk}/"
    data = {"to": "x@y.cn", "subject": "Hello", "body": "x"}
    assert login(rep).post(url, data, headers=HTMX).status_code == 422


def test_the_dialog_fills_in_the_template_and_sends_what_was_edited(
    login, rep, li, mailoutbox, django_capture_on_commit_callbacks
):
    template = MailTemplateFactory()
    other = MailTemplateFactory(kind="leads.lead", subject="Hello", body="Hi")
    url = f"/activities/mail/accounts/contact/{li.pk}/"
    page = login(rep)
    text = page.get(f"{url}?template={template.pk}", headers=HTMX).content.decode()
    assert "Dear Li of Hua Pumps, rep" in text
    assert other.name not in text
    data = {"template": template.pk, "to": "li@x.cn", "subject": "Hi", "body": "Edited"}
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(url, data, headers=HTMX).status_code == 200
    assert [mail.body for mail in mailoutbox] == ["Edited"]
    panel = page.get(f"/activities/mails/about/accounts/contact/{li.pk}/").content.decode()
    assert "li@x.cn" in panel


def test_who_may_write_to_whom(login, rep, li, outsider, integrator):
    url = f"/activities/mail/accounts/contact/{li.pk}/"
    assert login(outsider).get(url).status_code == 404
    assert login(integrator).get(url).status_code == 403
    assert login(rep).get("/activities/mail/products/product/1/").status_code == 404
    template = MailTemplateFactory(kind="opportunities.quotation", subject="x", body="x")
    assert login(rep).get(f"/activities/templates/{template.pk}/preview/").status_code == 200


def test_the_address_of_a_lead_in_the_pool_stays_hidden(rep, login, manager):
    lead = LeadFactory(owner=None, email="secret@x.cn")
    Mail.objects.create(target=lead, sender=manager, to_email="secret@x.cn", subject="Old")
    assert services.people_of(lead) == []
    text = login(rep).get(f"/activities/mails/about/leads/lead/{lead.pk}/").content.decode()
    assert "Old" in text
    assert "secret@x.cn" not in text


@pytest.mark.parametrize("factory", DOCUMENTS)
def test_a_document_is_written_about_to_its_customer(
    factory, login, rep, outsider, mailoutbox, django_capture_on_commit_callbacks
):
    document = factory(owner=rep)
    ContactFactory(account=document.account, name="An", email="an@x.cn", is_primary=True)
    named = ContactFactory(account=document.account, name="Bo", email="bo@x.cn", is_primary=False)
    ContactFactory(account=document.account, name="Gone", email="gone@x.cn", is_active=False)
    type(document).objects.filter(pk=document.pk).update(contact=named)
    kind = [document._meta.app_label, document._meta.model_name]
    template = MailTemplateFactory(
        kind=".".join(kind), subject="About {{ account.name }}", body="Dear {{ recipient.name }}"
    )
    url = f"/activities/mail/{kind[0]}/{kind[1]}/{document.pk}/"

    assert login(outsider).get(url).status_code == 404
    page = login(rep)
    preview = page.get(
        f"/activities/templates/{template.pk}/preview/", {"record": document.pk}, headers=HTMX
    ).content.decode()
    assert f"About {document.account.name}" in preview
    assert "Dear Bo" in preview  # the contact of the document comes first
    data = {"to": "gone@x.cn", "subject": "Hi", "body": "Hello"}
    assert page.post(url, data, headers=HTMX).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(url, data | {"to": "bo@x.cn"}, headers=HTMX).status_code == 200
    assert [mail.to for mail in mailoutbox] == [["bo@x.cn"]]
    timeline = page.get(f"/about/{kind[0]}/{kind[1]}/{document.pk}/timeline/").content.decode()
    assert "Hi" in timeline
    panel = page.get(f"/activities/mails/about/{kind[0]}/{kind[1]}/{document.pk}/")
    assert "bo@x.cn" in panel.content.decode()
