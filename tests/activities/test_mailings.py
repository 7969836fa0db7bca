"""Mailings: throttled, once per address, and never to who unsubscribed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Contact
from activities import services
from activities.models import Activity, Mail, Mailing, Unsubscribed
from activities.services import mailings
from crm.errors import DomainError
from crm.models import Event
from tests.factories.accounts import ContactFactory
from tests.factories.activities import MailTemplateFactory

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def contacts(rep):
    account = ContactFactory(account__owner=rep, email="c0@x.cn").account
    for n in range(1, 5):
        ContactFactory(account=account, email=f"c{n}@x.cn")
    return Contact.objects.filter(account=account)


@pytest.fixture
def prepare(manager, contacts):
    def make(**fields):
        fields = {"rows": contacts, "template": MailTemplateFactory(), **fields}
        return services.create_mailing(by=manager, name="News", **fields)

    return make


def go(mailing, by, minutes=1):
    """Start, and let the clock run its job for some minutes."""
    with time_machine.travel(NOON, tick=False) as clock:
        services.MAILING_VERBS["start"].run(mailing, by=by)
        counts = []
        for _n in range(minutes):
            counts.append(services.send_mailings(at=datetime.now(UTC)))
            clock.shift(timedelta(minutes=1, seconds=1))
    mailing = Mailing.objects.get(pk=mailing.pk)
    return mailing, counts


def test_each_address_gets_the_mail_once_however_often_the_job_runs(
    prepare, contacts, manager, mailoutbox
):
    ContactFactory(account=contacts[0].account, email="C0@x.cn")
    ContactFactory(account=contacts[0].account, email="")
    mailing = prepare()
    assert (mailing.mails.count(), mailing.without_address) == (5, 1)
    assert not mailoutbox
    mailing, counts = go(mailing, manager, minutes=3)
    assert counts == [5, 0, 0]
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"c{n}@x.cn" for n in range(5)]
    assert mailing.state == "done"
    assert Activity.objects.filter(kind="mail").count() == 5


def test_the_throttle_holds_within_any_minute(prepare, manager, mailoutbox):
    mailing = prepare(per_minute=2)
    with time_machine.travel(NOON, tick=False):
        services.MAILING_VERBS["start"].run(mailing, by=manager)
        at = datetime.now(UTC)
        assert services.send_batch(mailing.pk, at=at) == 2
        assert services.send_batch(mailing.pk, at=at + timedelta(seconds=30)) == 0
        assert services.send_batch(mailing.pk, at=at + timedelta(seconds=61)) == 2
        assert services.send_batch(mailing.pk, at=at + timedelta(seconds=122)) == 1
    assert len(mailoutbox) == 5


def test_stopping_stops_and_starting_goes_on_where_it_was(prepare, manager, mailoutbox):
    mailing, _counts = go(prepare(per_minute=2), manager)
    services.MAILING_VERBS["stop"].run(mailing, by=manager)
    assert services.send_mailings(at=NOON + timedelta(minutes=9)) == 0
    mailing, counts = go(mailing, manager, minutes=3)
    assert len(mailoutbox) == 5
    assert len({mail.to[0] for mail in mailoutbox}) == 5
    assert mailing.state == "done"


def test_who_unsubscribes_gets_nothing_more_but_letters(
    prepare, contacts, manager, client, mailoutbox, django_capture_on_commit_callbacks
):
    go(prepare(), manager)
    first = next(mail for mail in mailoutbox if mail.to == ["c0@x.cn"])
    url = first.extra_headers["List-Unsubscribe"].strip("<>")
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in first.body
    path = "/" + url.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert not Unsubscribed.objects.exists()  # a scanner that only looks changes nothing
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert client.post(path).status_code == 200
    assert Unsubscribed.objects.get().email == "c0@x.cn"
    assert Event.objects.filter(name="mail.unsubscribed").count() == 1
    assert client.get("/unsubscribe/forged/").status_code == 404
    # Between preparing and sending counts, too.
    mailing = prepare()
    Contact.objects.filter(email="c1@x.cn").update(wants_no_mail=True)
    mailoutbox.clear()
    go(mailing, manager)
    assert sorted(mail.to[0] for mail in mailoutbox) == ["c2@x.cn", "c3@x.cn", "c4@x.cn"]
    assert mailing.mails.filter(status="skipped", reason="unsubscribed").count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        contact = contacts.get(email="c0@x.cn")
        services.write_mail(contact, by=manager, to="c0@x.cn", subject="x", body="x")
    assert mailoutbox[-1].to == ["c0@x.cn"]


def test_the_text_is_that_of_each_person(prepare, manager, contacts, mailoutbox):
    go(prepare(), manager)
    for contact in contacts:
        [mail] = [m for m in mailoutbox if m.to == [contact.email]]
        assert f"Dear {contact.name} of {contact.account.name}" in mail.body


def test_one_refused_address_does_not_hold_up_the_others(prepare, manager, monkeypatch):
    from django.core.mail import EmailMessage

    real = EmailMessage.send

    def send(self):
        if self.to == ["c1@x.cn"]:
            raise OSError("no such mailbox")
        return real(self)

    monkeypatch.setattr(EmailMessage, "send", send)
    mailing, _counts = go(prepare(), manager)
    assert mailing.state == "done"
    assert mailing.mails.get(status="failed").reason == "no such mailbox"
    assert mailing.mails.filter(status="sent").count() == 4


def test_a_mailing_waits_for_a_server_that_is_not_reached(prepare, manager, monkeypatch):
    mailing = prepare()
    with monkeypatch.context() as patch:
        patch.setattr(mailings, "is_reached", lambda: False)
        mailing, counts = go(mailing, manager)
    assert (mailing.state, counts) == ("sending", [0])
    assert set(mailing.mails.values_list("status", flat=True)) == {"waiting"}
    assert services.send_mailings(at=NOON + timedelta(hours=1)) == 5


def test_what_the_sender_no_longer_sees_is_left_out(
    prepare, manager, outsider, contacts, mailoutbox
):
    mailing = prepare()
    account = contacts[0].account
    account.owner = outsider
    account.save()
    go(mailing, manager)
    assert not mailoutbox
    assert mailing.mails.filter(status="skipped").count() == 5


def test_a_mailing_is_prepared_from_a_filtered_list(login, manager, rep, contacts, outsider):
    ContactFactory(account__owner=outsider, email="far@x.cn", name="c9")
    template = MailTemplateFactory()
    page = login(manager)
    assert "Send a mailing" in page.get("/accounts/contacts/").content.decode()
    assert "Send a mailing" not in login(rep).get("/accounts/contacts/").content.decode()
    url = "/activities/mailings/new/accounts/contact/?q=c3@x.cn"
    assert page.get(url).context["count"] == 1
    answer = page.post(url, {"name": "News", "template": template.pk, "per_minute": 30})
    assert answer.status_code == 302
    mailing = Mailing.objects.get()
    assert [mail.to_email for mail in mailing.mails.all()] == ["c3@x.cn"]
    text = page.get(f"/activities/mailings/{mailing.pk}/recipients/").content.decode()
    assert "c3@x.cn" in text
    far = Contact.objects.get(name="c9")
    url = f"/activities/mailings/new/accounts/contact/?pk={far.pk}&pk={contacts[0].pk}"
    assert page.get(url).context["count"] == 1
    assert login(rep).get(url).status_code == 403
    wrong = MailTemplateFactory(kind="leads.lead", subject="x", body="x")
    data = {"name": "News", "template": wrong.pk, "per_minute": 30}
    assert page.post(url, data).status_code == 422


def test_nobody_with_an_address_is_refused(prepare, contacts):
    Contact.objects.update(email="")
    with pytest.raises(DomainError):
        prepare()
    assert not Mail.objects.exists()
