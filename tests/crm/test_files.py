"""Files of a record: which are taken, how and to whom they are served."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.files import add_attachment
from crm.models import Attachment
from tests.crm.record import HTMX, about, text_of


def upload(page, obj, name, content):
    data = {"file": SimpleUploadedFile(name, content)}
    return page.post(about(obj, "attach"), data, headers=HTMX)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("page.html", b"<html>", "not accepted"),
        ("drawing.svg", b"<svg>", "not accepted"),
        ("no-ending", b"text", "not accepted"),
        ("photo.png", b"<html><script>", "not what its name says"),
        ("offer.docx", b"MZ\x90", "not what its name says"),
        ("notes.txt", b"", "is empty"),
        ("list.csv", b"MZ\x00\x01", "not what its name says"),
    ],
)
def test_a_file_is_taken_by_type_and_content(name, content, sentence, login, rep, deal):
    answer = upload(login(rep), deal, name, content)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Attachment.objects.exists()


def test_a_company_may_accept_less(login, rep, deal, settings):
    settings.ATTACHMENT_TYPES = ["pdf"]
    assert upload(login(rep), deal, "notes.txt", b"text").status_code == 422
    assert upload(login(rep), deal, "Offer.PDF", b"%PDF-1.7").status_code == 200


def test_images_and_pdf_are_shown_all_else_is_saved(login, rep, deal):
    page = login(rep)
    upload(page, deal, "photo.png", b"\x89PNG\r\n\x1a\n...")
    upload(page, deal, "offer.pdf", b"%PDF-1.7")
    upload(page, deal, "notes.txt", b"<script>alert(1)</script>")
    image, pdf, text = (reverse("crm:attachment", args=[row.pk]) for row in ordered())
    for url, kind in ((image, "image/png"), (pdf, "application/pdf")):
        shown = page.get(f"{url}?shown")
        assert shown.headers["Content-Type"] == kind
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
        saved = page.get(url)
        assert saved.headers["Content-Disposition"].startswith("attachment")
    assert page.get(f"{image}?shown").headers["Content-Security-Policy"].startswith("sandbox")
    shown = page.get(f"{text}?shown")
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert shown.headers["Content-Type"] == "application/octet-stream"


def ordered():
    return Attachment.objects.order_by("pk")


def test_a_file_that_is_not_what_it_was_is_not_shown(login, rep, deal):
    found = add_attachment(deal, SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n"), by=rep)
    with open(found.file.path, "wb") as stored:
        stored.write(b"<html>")
    answer = login(rep).get(reverse("crm:attachment", args=[found.pk]) + "?shown")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_is_served_only_to_who_sees_the_record(login, rep, outsider, deal):
    found = add_attachment(deal, SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=rep)
    url = reverse("crm:attachment", args=[found.pk])
    assert login(rep).get(f"{url}?shown").status_code == 200
    assert login(outsider).get(f"{url}?shown").status_code == 404


def test_several_files_are_taken_together_or_none_of_them(login, rep, deal):
    def files(*named):
        return {"file": [SimpleUploadedFile(name, content) for name, content in named]}

    page, url = login(rep), about(deal, "attach")
    bad = files(("a.pdf", b"%PDF-1.7"), ("b.png", b"<html>"))
    answer = page.post(url, bad, headers=HTMX)
    assert answer.status_code == 422
    assert "b.png: The content of the file is not" in text_of(answer)
    assert not Attachment.objects.exists()
    good = files(("a.pdf", b"%PDF-1.7"), ("b.txt", b"text"))
    assert page.post(url, good, headers=HTMX).status_code == 200
    assert [row.name for row in ordered()] == ["a.pdf", "b.txt"]


def test_who_added_a_file_takes_it_back_and_nobody_else(login, rep, manager, deal):
    found = add_attachment(deal, SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=rep)
    url, remove = (
        reverse(f"crm:{name}", args=[found.pk]) for name in ("attachment", "attachment_remove")
    )
    timeline = about(deal, "timeline")
    assert remove in login(rep).get(timeline).content.decode()
    assert remove not in login(manager).get(timeline).content.decode()
    assert login(manager).post(remove).status_code == 403
    assert login(rep).get(url).status_code == 200
    said = re.sub(r"<[^>]*>|\s+", " ", text_of(login(rep).post(remove, headers=HTMX)))
    assert re.search(r"File removed +a.pdf", said)
    assert re.search(r"File added +a.pdf", said)
    assert url not in login(rep).get(timeline).content.decode()
    assert login(rep).get(url).status_code == 404
    assert login(rep).post(remove).status_code == 404
    assert found.file.storage.exists(found.file.name)


def test_a_file_that_a_step_asked_for_stays(login, rep, deal):
    found = add_attachment(deal, SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=rep, kind="signed")
    remove = reverse("crm:attachment_remove", args=[found.pk])
    assert remove not in login(rep).get(about(deal, "timeline")).content.decode()
    assert login(rep).post(remove).status_code == 403


def test_a_long_chinese_name_is_kept(login, rep, deal):
    name = f"{'泵站改造项目技术协议' * 15}.pdf"
    assert upload(login(rep), deal, name, b"%PDF-1.7").status_code == 200
    kept = Attachment.objects.get()
    assert kept.name == name
    assert kept.file.read() == b"%PDF-1.7"
