"""Errors as application/problem+json (RFC 9457), with a machine-readable code."""

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response
from rest_framework.views import exception_handler

from crm.errors import DomainError


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "stale_if_match"
    default_detail = _("The record has changed since the version in If-Match.")


def problem(error, context):
    """DRF's exception handler: every refusal in one shape."""
    if isinstance(error, DomainError):
        body = {
            "title": str(_title(error.status)),
            "detail": str(error.message),
            "code": error.code,
        }
        if error.reasons:
            body["reasons"] = [str(reason) for reason in error.reasons]
        return _answer(error.status, body | error.extra)
    if isinstance(error, ModelError):
        error = exceptions.ValidationError(get_error_detail(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    body = {"title": str(_title(answer.status_code))}
    if isinstance(error, exceptions.ValidationError):
        errors = (
            error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        )
        body |= {"detail": _("The input is not valid."), "code": "invalid", "errors": errors}
    else:
        body |= {"detail": str(error.detail), "code": getattr(error, "default_code", "error")}
    headers = {k: v for k, v in answer.items() if k in ("Retry-After", "WWW-Authenticate")}
    return _answer(answer.status_code, body, headers)


def _title(status):
    return {
        400: _("Bad input"),
        401: _("Not logged in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        409: _("Not possible now"),
        410: _("No longer here"),
        412: _("Out of date"),
        422: _("Against a business rule"),
        429: _("Too many requests"),
    }.get(status, _("Error"))


def _answer(status, body, headers=None):
    body = {"type": "about:blank", "status": status, **body}
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
