"""Comments on a record: who is mentioned, told and offered; what becomes of the words."""

from django.urls import reverse

from crm.comments import add_comment, edit_comment
from crm.models import Comment, Notification
from tests.crm.record import HTMX, about, text_of
from tests.factories.users import UserFactory


def test_who_is_mentioned_is_told_once(
    login, rep, manager, deal, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        comment = add_comment(deal, "请@manager看一下", by=rep)
    assert comment.body == f"请@{{{manager.pk}}}看一下"
    assert list(comment.mentions.all()) == [manager]
    assert Notification.objects.filter(user=manager).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        comment = edit_comment(comment, f"@{manager.username} again, and @manager", by=rep)
    assert Notification.objects.filter(user=manager).count() == 1
    manager.name = "Renamed"
    manager.save()
    assert "@Renamed</span> again" in text_of(login(rep).get(about(deal, "timeline"), headers=HTMX))


def test_only_people_who_may_see_the_record_are_offered_and_accepted(
    login, rep, manager, outsider, deal
):
    page = login(rep)
    offered = {person["text"] for person in page.get(about(deal, "people") + "?q=").json()}
    assert "manager" in offered
    assert "outsider" not in offered
    answer = page.post(about(deal, "comment"), {"body": "@outsider look"}, headers=HTMX)
    assert answer.status_code == 422
    assert "outsider may not see this record" in text_of(answer)
    assert not Comment.objects.exists()
    assert login(outsider).get(about(deal, "people")).status_code == 404


def test_an_address_is_no_mention_and_a_forged_reference_neither(rep, manager, deal):
    comment = add_comment(deal, f"write to a@manager.com or @{{{manager.pk}}}", by=rep)
    assert not comment.mentions.exists()


def test_of_people_with_one_name_the_account_decides(login, rep, manager, team, deal):
    twin = UserFactory(name="manager", role="service")
    page = login(rep)
    answer = page.post(about(deal, "comment"), {"body": "@manager look"}, headers=HTMX)
    assert answer.status_code == 422
    assert f"@{twin.username}" in text_of(answer)
    comment = add_comment(deal, f"@{twin.username} look", by=rep)
    assert list(comment.mentions.all()) == [twin]


def test_what_somebody_writes_cannot_become_markup(login, rep, deal):
    add_comment(deal, "<script>alert(1)</script> @rep", by=rep)
    assert "<script>alert" not in text_of(login(rep).get(about(deal, "timeline"), headers=HTMX))


def test_one_changes_and_takes_back_only_ones_own_comments(login, rep, manager, outsider, deal):
    comment = add_comment(deal, "First", by=rep)
    edit_url = reverse("crm:comment_edit", args=[comment.pk])
    remove_url = reverse("crm:comment_remove", args=[comment.pk])
    for url in (edit_url, remove_url):
        assert login(manager).post(url, {"body": "x"}, headers=HTMX).status_code == 403
        assert login(outsider).post(url, {"body": "x"}, headers=HTMX).status_code == 404
    page = login(rep)
    answer = page.post(edit_url, {"body": "Second"}, headers=HTMX)
    assert "Second" in text_of(answer)
    assert "First" not in text_of(answer)
    answer = page.post(remove_url, headers=HTMX)
    assert "Comment removed" in text_of(answer)
    assert "Second" not in text_of(answer)
    assert page.post(edit_url, {"body": "Third"}, headers=HTMX).status_code == 403


def test_a_long_comment_is_folded_and_one_that_is_a_document_refused(login, rep, deal):
    page = login(rep)
    add_comment(deal, "<b> & @rep " + "long " * 300 + "end", by=rep)
    text = text_of(page.get(about(deal, "timeline"), headers=HTMX))
    assert text.count('class="folded"') == 1
    assert "&lt;b&gt; &amp; @rep long" in text
    assert "long end" in text
    answer = page.post(about(deal, "comment"), {"body": "x" * 10_001}, headers=HTMX)
    assert answer.status_code == 422
    assert "at most 10000 characters" in text_of(answer)
    assert Comment.objects.count() == 1
