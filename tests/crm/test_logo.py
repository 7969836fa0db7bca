"""The company's logo: what is accepted, what is kept, where it stands, who may change it."""

import io
import struct
import zlib

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from crm import logo
from crm.company import save_company
from crm.models import Attachment, Company, Event
from tests.factories.opportunities import QuotationFactory

pytestmark = pytest.mark.django_db
PAGE = "/settings/company/"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">'
    b"<script>alert(1)</script>"
    b'<rect width="300" height="100" fill="#0a6" onload="alert(2)"/></svg>'
)


def png(width=60, height=20):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def upload(data, name="logo.png"):
    return SimpleUploadedFile(name, data)


def company(**more):
    return {"name": "Orchard", "currency": "CNY", "language": "en", **more}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def kept(administrator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        logo.set_logo(upload(png()), by=administrator)
    return logo.found()


def test_an_administrator_sets_replaces_and_removes_it(
    login, administrator, django_capture_on_commit_callbacks
):
    page = login(administrator)
    assert "removes_logo" not in page.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(PAGE, company(logo=upload(png()))).status_code == 302
    first = logo.found()
    assert Event.objects.filter(name="attachment.added", actor=administrator).count() == 1
    shown = page.get(PAGE).content.decode()
    assert "removes_logo" in shown
    assert logo.address() in shown
    with django_capture_on_commit_callbacks(execute=True):
        page.post(PAGE, company(logo=upload(SVG, "logo.svg")))
    second = logo.found()
    assert second.sha256 != first.sha256
    assert Attachment.objects.get() == second
    assert not first.file.storage.exists(first.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        page.post(PAGE, company(name="Meadow"))
    assert logo.found() == second  # another change leaves it alone
    with django_capture_on_commit_callbacks(execute=True):
        page.post(PAGE, company(removes_logo="on"))
    assert logo.found() is None
    assert logo.address() == ""
    assert not second.file.storage.exists(second.file.name)
    assert Event.objects.filter(name="company.edited", data__changes__has_key="logo").exists()


def test_only_a_drawing_of_an_svg_is_kept(administrator):
    logo.set_logo(upload(SVG, "logo.svg"), by=administrator)
    data = logo.content()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (720, 240)
    assert b"script" not in data
    assert b"onload" not in data


def test_it_fits_whatever_its_shape(administrator):
    for size, drawn in (((900, 30), (720, 24)), ((40, 80), (120, 240)), ((3, 1), (720, 240))):
        logo.set_logo(upload(png(*size)), by=administrator)
        assert struct.unpack(">II", logo.content()[16:24]) == drawn


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.gif", b"GIF89a"),
        ("logo.html", b"<html>"),
        ("logo", png()),
        ("logo.png", SVG),
        ("logo.png", b"\x89PNG\r\n\x1a\n nothing"),
        ("logo.jpg", png()),
        ("logo.svg", b"<svg>"),
        ("logo.svg", b""),
        ("logo.svg", SVG.replace(b"<rect", b'<image href="file:///etc/hostname"/><rect')),
        ("logo.svg", SVG.replace(b"<rect", b'<image href="http://127.0.0.1/x.png"/><rect')),
        ("logo.png", png()[:16] + struct.pack(">II", 60_000, 60_000) + png()[24:]),
        ("logo.png", png() + b"\0" * 1024 * 1024),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_changes(login, administrator, kept, name, data):
    answer = login(administrator).post(PAGE, company(name="Other", logo=upload(data, name)))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["logo"]
    assert logo.found() == kept
    assert Company.current().name != "Other"


def test_the_size_of_a_jpeg_is_read_from_its_frame():
    head = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x0b\x08" + struct.pack(">HH", 300, 500)
    assert logo.pixels(head + b"\0" * 9) == 150_000
    assert logo.pixels(b"\xff\xd8\xff") == 0


def test_nobody_else_changes_it(login, rep, manager, finance, kept):
    for person in (rep, manager, finance):
        assert login(person).post(PAGE, company(logo=upload(png()))).status_code == 403
        for act in (
            lambda by: logo.set_logo(upload(png(9, 9)), by=by),
            lambda by: logo.remove_logo(by=by),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    with pytest.raises(PermissionDenied):
        save_company(by=rep, removes_logo=True)
    assert logo.found() == kept


def test_it_is_served_to_everybody_as_a_picture_that_runs_nothing(login, rep, kept):
    answer = Client().get(logo.address())
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == logo.content()
    assert Client().get("/logo/0000000000000000.png").status_code == 404
    assert login(rep).get(reverse("crm:attachment", args=[kept.pk])).status_code == 404


def test_it_stands_above_the_menu_at_the_log_in_and_on_the_customers_quotation(login, rep, kept):
    offer = QuotationFactory(owner=rep, sent=True)
    picture = f'<img class="brand-logo" src="{logo.address()}" alt='
    public = Client().get(reverse("opportunities:public_quotation", args=[offer.token]))
    for answer in (login(rep).get("/"), Client().get("/login/"), public):
        assert picture in answer.content.decode()


def test_without_one_our_own_mark_stands_there(login, rep):
    for answer in (login(rep).get("/"), Client().get("/login/")):
        assert "brand-logo" not in answer.content.decode()
        assert "brand-mark" in answer.content.decode()


def pictures(pdf):
    resources = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    found = resources.get("/XObject", {}).values()
    return len([each for each in found if each.get_object()["/Subtype"] == "/Image"])


def test_papers_carry_it(login, rep, kept, administrator):
    offer = QuotationFactory(owner=rep)
    url = f"{offer.get_absolute_url()}pdf/"
    assert pictures(login(rep).get(url).content) == 1
    logo.remove_logo(by=administrator)
    assert pictures(login(rep).get(url).content) == 0


def test_a_file_is_said_to_be_wrong_by_the_service_too(administrator):
    with pytest.raises(ValidationError) as refused:
        save_company(by=administrator, logo=upload(b"x", "x.exe"))
    assert "logo" in refused.value.message_dict
