"""Errors of the domain and what they mean at the doors (HTML: toast or page, JSON: problem+json).

Bad input is Django's ValidationError (HTML 422, JSON 400), a missing right is
PermissionDenied (403), an invisible record is Http404.
"""

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A business rule refuses. `code` is for machines, the message is for people.

    `reasons` lists further sentences, for example one per failing check.
    """

    status = 422
    code = "business_rule"

    def __init__(self, message, *, code=None, reasons=()):
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.reasons = list(reasons)

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
