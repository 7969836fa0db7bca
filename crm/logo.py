"""The company's logo: on papers, on what customers see, at the log-in and above the menu.

Whatever is uploaded is drawn anew as a small PNG, and that is all that is kept: what an SVG may
hold, such as scripts, goes to nobody.
"""

import json
import struct

import typst
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.cells import listed
from crm.events import emit
from crm.files import POLICIES, add_attachment, ending, is_what_it_says
from crm.lifecycle import require
from crm.locks import lock_one
from crm.models import Attachment, Company
from crm.papers.fonts import fonts

KIND = "logo"
TYPES = ("png", "jpg", "jpeg", "svg")
MAX_BYTES = 1024 * 1024
MAX_PIXELS = 25_000_000
ADDRESS = "company_logo"  # its key in the cache

# As many points as pixels; as large as fits, whatever its own size.
DRAWING = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let given = bytes(json(bytes(sys.inputs.data)))
#context {
  let own = measure(image(given))
  image(given, width: own.width * calc.min(720pt / own.width, 240pt / own.height))
}
"""

# --- Services -----------------------------------------------------------------------------------


@transaction.atomic
def set_logo(upload, *, by):
    """Keep an uploaded file as the company's logo in place of the old one.

    Raises ValidationError unless it is a PNG, JPEG or SVG of at most a megabyte.
    """
    require(by, "crm.change_company")
    company = lock_one(Company.current())
    drawn = ContentFile(draw(upload), name="logo.png")
    _discard(found())
    add_attachment(company, drawn, by=by, kind=KIND)


@transaction.atomic
def remove_logo(*, by):
    """Go without a logo; nothing happens where there is none."""
    require(by, "crm.change_company")
    company = lock_one(Company.current())
    if known := found():
        _discard(known)
        emit("company.edited", company, by=by, changes={KIND: [known.name, ""]})


def _discard(known):
    if known is not None:
        transaction.on_commit(lambda: known.file.storage.delete(known.file.name))
        known.delete()
    transaction.on_commit(lambda: cache.delete(ADDRESS))


def draw(upload):
    """The PNG of an uploaded picture, at most 720 by 240 pixels. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        most = filesizeformat(MAX_BYTES)
        raise ValidationError(_("The file is too large: %(most)s at most.") % {"most": most})
    kind = ending(upload.name)
    if kind not in TYPES:
        raise ValidationError(
            _("Files of this type are not accepted. Accepted are: %(types)s.")
            % {"types": listed(TYPES)}
        )
    data = upload.read()
    if kind != "svg" and not is_what_it_says(kind, data):
        raise ValidationError(
            _("The content of the file is not what its name says (.%(type)s).") % {"type": kind}
        )
    if kind != "svg" and pixels(data) > MAX_PIXELS:
        raise ValidationError(_("The picture has too many pixels. Make it smaller first."))
    try:
        inputs = {"data": json.dumps(list(data))}
        return typst.compile(DRAWING, format="png", ppi=72, sys_inputs=inputs, font_paths=fonts())
    except typst.TypstError as error:
        raise ValidationError(_("The picture cannot be drawn.")) from error


def pixels(data):
    """Width times height of a PNG or JPEG as its head has it, 0 where it does not say."""
    if data.startswith(b"\x89PNG") and len(data) > 24:
        width, height = struct.unpack(">II", data[16:24])
        return width * height
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        mark, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):  # the frame itself
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width * height
        place += 2 + length
    return 0


# --- What is shown ------------------------------------------------------------------------------


def found():
    """The Attachment that is the logo, or None."""
    company = ContentType.objects.get_for_model(Company)
    return Attachment.objects.filter(content_type=company, kind=KIND).last()


def content():
    """The PNG, b"" without a logo."""
    if (known := found()) is None:
        return b""
    with known.file.open("rb") as file:
        return file.read()


def address():
    """Where it is, "" without a logo: kept for a minute, so that it costs a page no query."""
    return cache.get_or_set(ADDRESS, _address, 60)


def _address():
    known = found()
    return reverse("crm:logo", args=[known.sha256[:16]]) if known else ""


@login_not_required
@require_safe
def logo(request, digest):
    """The picture, for everybody; another logo has another address."""
    known = found()
    if known is None or not known.sha256.startswith(digest):
        return get_object_or_404(Attachment.objects.none())
    answer = FileResponse(known.file.open("rb"), content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = POLICIES["other"]
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
