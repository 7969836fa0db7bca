"""Files on any record: which are accepted, who gets them, and which are shown in the browser."""

import hashlib

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import events
from crm.cells import labelled, listed
from crm.locks import lock_one
from crm.models import Attachment
from crm.record import get_record

events.label("attachment.added", gettext_lazy("File added"))
events.label("attachment.removed", gettext_lazy("File removed"))

TEXT = None  # no signature, but neither zero bytes
ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
# What the first bytes of a file are, by the ending of its name; (offset, bytes) where not at 0.
SIGNATURES = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": ((8, b"WEBP"),),
    "bmp": (b"BM",),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "heic": ((4, b"ftyp"),),
    "mp4": ((4, b"ftyp"),),
    "m4a": ((4, b"ftyp"),),
    "mov": ((4, b"ftyp"),),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "wav": ((8, b"WAVE"),),
    "amr": (b"#!AMR",),
    "docx": ZIP,
    "xlsx": ZIP,
    "pptx": ZIP,
    "odt": ZIP,
    "ods": ZIP,
    "ofd": ZIP,
    "zip": ZIP,
    "doc": OLE,
    "xls": OLE,
    "ppt": OLE,
    "wps": OLE,
    "et": OLE,
    "msg": OLE,
    "rar": (b"Rar!\x1a\x07",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "dwg": (b"AC10",),
    "dxf": TEXT,
    "step": (b"ISO-10303-21",),
    "stp": (b"ISO-10303-21",),
    "txt": TEXT,
    "md": TEXT,
    "csv": TEXT,
    "json": TEXT,
    "xml": TEXT,
    "eml": TEXT,
    "ics": TEXT,
    "vcf": TEXT,
}
HEAD = 512
# Shown in our own origin: nothing that can hold script for it, such as HTML or SVG.
SHOWN = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}


def ending(name):
    return name.rpartition(".")[2].lower() if "." in name else ""


def types():
    """Endings of the names of files that are accepted."""
    return [kind for kind in SIGNATURES if kind in (settings.ATTACHMENT_TYPES or SIGNATURES)]


def accepted():
    """The value of `accept` of a file input."""
    return ",".join(f".{kind}" for kind in types())


def is_what_it_says(kind, head):
    """Whether the first bytes of a file fit the ending of its name."""
    signatures = SIGNATURES[kind]
    if signatures is TEXT:
        return b"\x00" not in head
    places = [place if isinstance(place, tuple) else (0, place) for place in signatures]
    return any(head[start : start + len(mark)] == mark for start, mark in places)


def check(upload):
    """Raise ValidationError unless size, type and content of an uploaded file are accepted."""
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise ValidationError(_("The file is too large: %(most)s at most.") % {"most": most})
    kind = ending(upload.name)
    if kind not in types():
        raise ValidationError(
            _("Files of this type are not accepted. Accepted are: %(types)s.")
            % {"types": listed(types())}
        )
    if not upload.size:
        raise ValidationError(_("The file is empty."))
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not is_what_it_says(kind, head):
        raise ValidationError(
            _("The content of the file is not what its name says (.%(type)s).") % {"type": kind}
        )


@transaction.atomic
def add_attachment(obj, upload, *, by, kind=""):
    """Keep an uploaded file with a record; `kind` such as "signed_copy" gives it a meaning.

    A meaning is given by the verb that has the right to, never by whoever uploads a file.
    Raises ValidationError, see check().
    """
    check(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    found = Attachment.objects.create(
        target=obj,
        file=upload,
        name=upload.name[-200:],
        size=upload.size,
        sha256=digest.hexdigest(),
        kind=kind,
        uploaded_by=by,
    )
    events.emit("attachment.added", obj, by=by, subject=found.name, attachment=found.pk, kind=kind)
    return found


@transaction.atomic
def add_attachments(obj, uploads, *, by):
    """Keep several uploaded files, or none: the first that is refused refuses them all."""
    for upload in uploads:
        try:
            check(upload)
        except ValidationError as error:
            if len(uploads) == 1:
                raise
            raise ValidationError(labelled(upload.name, " ".join(error.messages))) from error
    for upload in uploads:
        add_attachment(obj, upload, by=by)


@transaction.atomic
def remove_attachment(attachment, *, by):
    """Take back a file one has added oneself. One with a meaning, such as a signed copy, stays."""
    found = lock_one(attachment)
    if not _is_removable(found, by):
        raise PermissionDenied(_("You do not have the right to do this."))
    found.removed_at = timezone.now()
    found.save(update_fields=["removed_at"])
    events.emit("attachment.removed", found.target, by=by, subject=found.name)


def _is_removable(attachment, by):
    return attachment.uploaded_by_id == by.pk and not attachment.kind and not attachment.removed_at


def links(pk, name):
    """Where a file is saved from and, if it can be shown, looked at: {name, url, shown_url,
    shown_as}."""
    url, kind = reverse("crm:attachment", args=[pk]), SHOWN.get(ending(name), "")
    return {
        "name": name,
        "url": url,
        "shown_url": f"{url}?shown" if kind else "",
        "shown_as": kind.partition("/")[0],
    }


def attached(obj, user):
    """The files of a record, newest first: links() and {size, by, at, remove_url}; remove_url is
    "" where `user` may not take the file back."""
    rows = Attachment.objects.filter(
        content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk, removed_at=None
    ).order_by("-pk")
    return [
        {
            **links(row.pk, row.name),
            "size": filesizeformat(row.size),
            "by": row.uploaded_by,
            "at": row.at,
            "remove_url": reverse("crm:attachment_remove", args=[row.pk])
            if _is_removable(row, user)
            else "",
        }
        for row in rows.select_related("uploaded_by")
    ]


def find(request, pk):
    """(a file, its record), when that is visible and the file was not taken back; else 404."""
    rows = Attachment.objects.filter(removed_at=None).select_related("content_type")
    found = get_object_or_404(rows, pk=pk)
    kind = found.content_type
    return found, get_record(request, kind.app_label, kind.model, found.object_id)


def attachment(request, pk):
    """A file, when its record is visible: as a download, or with ?shown in the browser if it is
    an image or a PDF by name and by content."""
    found, _obj = find(request, pk)
    content, named = found.file.open("rb"), ending(found.name)
    shown = "shown" in request.GET and named in SHOWN
    if shown:
        shown = is_what_it_says(named, content.read(HEAD))
        content.seek(0)
    answer = FileResponse(
        content,
        as_attachment=not shown,
        filename=found.name,
        content_type=SHOWN[named] if shown else "application/octet-stream",
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = POLICIES["pdf" if shown and named == "pdf" else "other"]
    if shown:
        answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


# A browser draws no PDF in a sandbox; its own viewer is one.
POLICIES = {
    "pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "other": "sandbox; default-src 'none'; frame-ancestors 'self'",
}
