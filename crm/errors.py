"""Errors of the domain and what they mean at the doors (HTML: toast or page, JSON: problem+json).

Bad input is Django's ValidationError (HTML 422, JSON 400), a missing right is
PermissionDenied (403), an invisible record is Http404.
"""

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A business rule refuses. `code` is for machines, the message is for people.

    `reasons` lists further sentences, for example one per failing check; `extra` is what the
    JSON door adds to its answer.
    """

    status = 422
    code = "business_rule"

    def __init__(self, message, *, code=None, reasons=(), extra=None):
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.reasons = list(reasons)
        self.extra = extra or {}

    def __str__(self):
        return " ".join(str(part) for part in [self.message, *self.reasons])


class WrongMoment(DomainError):
    """The record is not in a state in which this can be done."""

    status = 409
    code = "wrong_moment"


class StaleVersion(DomainError):
    """Somebody saved the record in between. `theirs` is the record as it stands now."""

    status = 409
    code = "stale_version"

    def __init__(self, theirs):
        super().__init__(_("Somebody else has changed this record in the meantime."))
        self.theirs = theirs


class Merged(DomainError):
    """The record was merged into `heir`. Over REST 410, not a redirect: a client that follows
    one unasked would read, or worse write, another record under the number it knows."""

    status = 410
    code = "merged"

    def __init__(self, heir, url):
        extra = {"merged_into": {"id": heir.pk, "label": str(heir), "url": url}}
        super().__init__(
            _("This record has been merged into %(record)s.") % {"record": heir}, extra=extra
        )
