"""A document as PDF, over both doors: whoever sees the record gets it, and that is recorded."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer

from crm.events import emit, label
from crm.files import POLICIES
from crm.papers import paper_of, press
from crm.views import Page

label("paper.made", gettext_lazy("Printed as PDF"))


class PaperPage(Page):
    """<pk>/pdf/: the record as a document, in the language that ?lang= names."""

    def get(self, request, pk):
        # Before the record is looked for: who lacks the right learns nothing of it.
        if not paper_of(self.pages.model).may(request.user):
            raise PermissionDenied
        return answer(self.get_object(pk), request.user, request.GET.get("lang", ""))


def answer(obj, user, language):
    """The PDF of `obj`, recorded as an event; the browser shows it and can save it."""
    language = press.chosen(language)
    found = respond(obj, user, language)
    emit("paper.made", obj, by=user, language=language)
    return found


def respond(obj, user, language):
    pdf, name = press.draw(paper_of(type(obj)), obj, user, language)
    found = HttpResponse(pdf, content_type="application/pdf")
    found["Content-Disposition"] = content_disposition_header(False, name)
    found["X-Content-Type-Options"] = "nosniff"
    found["Content-Security-Policy"] = POLICIES["pdf"]
    found["Cache-Control"] = "private, no-store"
    return found


class PdfRenderer(BaseRenderer):
    """For clients that ask for application/pdf; what it renders is an error, and JSON."""

    media_type, format, render_style = "application/pdf", "pdf", "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return JSONRenderer().render(data)


# What crm.api.viewsets.CrmViewSet takes in for kinds that are printed.
@extend_schema(
    parameters=[
        OpenApiParameter("lang", enum=list(press.REGIONS), description="Default: the company's."),
        OpenApiParameter("format", exclude=True),
    ],
    responses={(200, "application/pdf"): OpenApiTypes.BINARY},
)
@action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, PdfRenderer])
def pdf(self, request, *args, **kwargs):
    """The record as a document in PDF."""
    if not paper_of(self.model).may(request.user, getattr(request.auth, "scopes", ())):
        self.permission_denied(request)
    return answer(self.get_object(), request.user, request.query_params.get("lang", ""))
