"""Asking for the review that contracts and amendments always get."""

from approvals.services import request_approval
from contracts.services.templates import add_legal_review


def request_review(document, *, kind, by):
    """Request approval; when no rule matches, the role legal reviews: nothing is approved unread.

    The caller holds the lock. Raises DomainError when nobody may approve.
    """
    request = request_approval(document, kind=kind, by=by)
    if request is None:
        add_legal_review(kind)
        request = request_approval(document, kind=kind, by=by)
    return request
