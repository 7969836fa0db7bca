"""Pages of the frame: files, comments, choices, notifications, jobs, admin."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.forms import CrmForm
from crm.menu import menu
from crm.models import Attachment, Comment, Event, JobRun
from products.models import Product
from tests.factories.products import ProductFactory

HTMX = {"HX-Request": "true"}


def about(obj, what):
    return f"/about/{obj._meta.app_label}/{obj._meta.model_name}/{obj.pk}/{what}/"


def test_everything_asks_for_a_log_in_first(client, db):
    for url in ("/", "/products/", "/search/?q=xx", "/settings/jobs/", "/notifications/"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/")
    assert client.get("/healthz").content == b"ok"


def test_a_section_of_the_menu_leads_to_its_first_page(rep, warehouse):
    sections = {section["url"]: section for section in menu(rep, "/leads/pool/")}
    leads = sections["/leads/"]
    assert [item["url"] for item in leads["items"]] == ["/leads/", "/leads/pool/"]
    assert (leads["active"], [item["active"] for item in leads["items"]]) == (True, [False, True])
    assert not any(section["active"] for url, section in sections.items() if url != "/leads/")
    assert not sections["/"]["items"]
    assert "/leads/" not in {section["url"] for section in menu(warehouse, "/")}


def test_choices_begin_as_sentences_do_and_rows_keep_their_names(db):
    class Asked(CrmForm):
        kind = forms.ChoiceField(choices=[("call", "call"), ("mail", "mail")])
        product = forms.ModelChoiceField(Product.objects.all())

    ProductFactory(code="iPump", name="iPump")
    page = str(Asked())
    assert ">Call</option>" in page
    assert ">iPump" in page
    assert Asked({"kind": "call"}).fields["kind"].clean("call") == "call"


def test_a_comment_and_a_file_stand_in_the_timeline(login, rep):
    product = ProductFactory()
    page = login(rep)
    answer = page.post(about(product, "comment"), {"body": "Ask for the drawing"}, headers=HTMX)
    assert "Ask for the drawing" in answer.content.decode()
    upload = SimpleUploadedFile("图纸.pdf", b"%PDF-1.7")
    answer = page.post(about(product, "attach"), {"file": upload}, headers=HTMX)
    assert "图纸.pdf" in answer.content.decode()
    attachment = Attachment.objects.get()
    download = page.get(f"/files/{attachment.pk}/")
    assert b"".join(download.streaming_content) == b"%PDF-1.7"
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in download.headers["Content-Disposition"]
    assert Event.objects.filter(name="attachment.added", actor=rep).exists()


def test_an_empty_comment_and_a_large_file_are_refused_in_words(login, rep, settings):
    settings.ATTACHMENT_MAX_BYTES = 3
    product = ProductFactory()
    page = login(rep)
    answer = page.post(about(product, "comment"), {"body": " "}, headers=HTMX)
    assert answer.status_code == 422
    answer = page.post(
        about(product, "attach"), {"file": SimpleUploadedFile("a.txt", b"four")}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "too large" in answer.content.decode()
    assert not Comment.objects.exists()
    assert not Attachment.objects.exists()


def test_records_without_pages_have_no_timeline(login, administrator):
    assert login(administrator).get("/about/auth/permission/1/timeline/").status_code == 404
    assert login(administrator).get("/options/crm/event/").status_code == 404


def test_choices_are_searched_and_visible_only(login, rep):
    ProductFactory(code="A1", name="Pump")
    ProductFactory(code="B2", name="Valve")
    rows = login(rep).get("/options/products/product/?q=valve").json()
    assert [row["text"] for row in rows] == ["B2 Valve"]


def test_language_and_theme_stay_with_the_person(login, rep):
    page = login(rep)
    page.post("/preferences/", {"language": "zh-hant", "theme": "dark", "next": "/products/"})
    rep.refresh_from_db()
    assert (rep.language, rep.theme) == ("zh-hant", "dark")
    content = page.get("/products/").content.decode()
    assert 'data-bs-theme="dark"' in content
    away = page.post("/preferences/", {"language": "en", "next": "https://example.org/"})
    assert away.headers["Location"] == "/"


def test_an_administrator_sees_every_job_with_its_last_result(login, administrator, rep):
    from crm.celery import app
    from crm.tasks import deliver_events

    deliver_events()
    assert JobRun.objects.get().finished_at
    content = login(administrator).get("/settings/jobs/").content.decode()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in content
    assert login(rep).get("/settings/jobs/").status_code == 403


def test_every_scheduled_task_exists():
    from crm.celery import app

    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_the_admin_site_shows_documents_but_cannot_bypass_their_lifecycle(
    login, administrator, verb
):
    product = ProductFactory()
    page = login(administrator)
    assert page.get(f"/admin/products/product/{product.pk}/change/").status_code == 200
    url = {
        "add": "/admin/products/product/add/",
        "change": f"/admin/products/product/{product.pk}/change/",
        "delete": f"/admin/products/product/{product.pk}/delete/",
    }[verb]
    answer = page.post(url, {"name": "Changed", "state": "off_sale", "post": "yes"})
    assert answer.status_code == 403
    product.refresh_from_db()
    assert product.state == "on_sale"


def test_what_only_a_form_is_sent_to_answers_a_page_when_it_is_typed(login, rep):
    answer = login(rep).get("/leads/views/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert "Not found" in answer.content.decode()


def test_who_is_logged_in_keeps_menu_and_search_where_there_is_nothing_to_see(login, rep, client):
    for path, status in (("/no/such/page/", 404), ("/settings/jobs/", 403)):
        answer = login(rep).get(path)
        assert answer.status_code == status
        content = answer.content.decode()
        assert content.count("<h1") == 1
        assert 'id="search-panel"' in content
        assert 'href="/leads/"' in content
    assert 'id="search-panel"' not in client.get("/no/such/page/").content.decode()
