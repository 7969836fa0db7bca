"""Two records become one: the choice field by field, and what was merged."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.filters import MergeFilter
from accounts.models import DuplicatePair, Merge
from crm import menu
from crm.cells import Cell, Column, words
from crm.errors import WrongMoment
from crm.pages import Pages
from crm.views import Page, VerbView

# In the menu, but not among the kinds that the search of everything looks through.
menu.add("customers", 95, _("Merges"), "accounts:merge_list", "accounts.view_merge")

KIND = Column(
    "kind", _("Kind"), value=lambda row: str(row.content_type.model_class()._meta.verbose_name)
)


def side(name, label):
    """A column with one of the two records of a row, for a list whose rows are links already."""
    return Column(name, label, value=lambda row: str(getattr(row, name)), sort="")


def linked_side(name, label):
    """The same with a link to the record, if it is still there."""

    def value(row):
        record = getattr(row, name)
        return Cell(str(record), record.get_absolute_url()) if record else Cell("")

    return Column(name, label, value=value)


class MergeView(VerbView):
    """<pk>/merge/: choose the other record; what becomes of both is decided on a page."""

    def get(self, request, pk):
        return super().get(request, pk, "merge")

    def post(self, request, pk):
        obj, spec = self.find(pk, "merge")
        form = spec.form_class()(request.POST, user=request.user, obj=obj)
        if not form.is_valid():
            return self.ask(obj, "merge", form, status=422)
        url = self.url("merge_with", obj.pk, form.cleaned_data["other"].pk)
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


class MergePage(Page):
    """<pk>/merge/<other>/: both records side by side, field by field."""

    def get(self, request, pk, other):
        return self.answer(*self.records(pk, other))

    def post(self, request, pk, other):
        winner, loser = self.records(pk, other)
        choices = request.POST.dict()
        choices.pop("csrfmiddlewaretoken", None)
        try:
            merge = services.merge_records(winner, loser, by=request.user, choices=choices)
        except ValidationError as error:
            return self.answer(winner, loser, error.messages, status=422)
        said = gettext("Merged. It can be undone for 30 days.")
        link = format_html(
            '<a class="alert-link" href="{}">{}</a>', merge.get_absolute_url(), gettext("The merge")
        )
        messages.success(request, format_html("{} {}", said, link))
        return HttpResponseRedirect(winner.get_absolute_url())

    def records(self, pk, other):
        if pk == other:
            raise Http404
        rows = [self.get_object(pk), self.get_object(other)]
        for row in rows:
            for act in ("merge", "change"):
                if not self.request.user.may(row.permission(act), row):
                    raise PermissionDenied
            if reason := row.merge_refusal():
                raise WrongMoment(str(reason))
        return rows

    def answer(self, winner, loser, errors=(), status=200):
        choices, moving = services.possible_merge(winner, loser, self.request.user)
        kind = ContentType.objects.get_for_model(winner)
        first, second = sorted([winner.pk, loser.pk])
        pairs = DuplicatePair.objects.visible_to(self.request.user)
        pair = pairs.filter(
            content_type=kind, first_id=first, second_id=second, dismissed_at=None
        ).first()
        context = {
            "title": _("Merge"),
            "winner": winner,
            "loser": loser,
            "choices": choices,
            "moving": moving,
            "errors": errors,
            "url": self.url("merge_with", winner.pk, loser.pk),
            "swap_url": self.url("merge_with", loser.pk, winner.pk),
            "dismiss_url": pair
            and reverse("accounts:duplicatepair_verb", args=[pair.pk, "dismiss"]),
        }
        return render(self.request, "accounts/merge.html", context, status=status)


def merge_urls(pages, prefix=""):
    """The routes of a kind that can be merged; they come before the pages' own."""
    name = pages.model._meta.model_name
    return [
        path(f"{prefix}<int:pk>/merge/", MergeView.as_view(pages=pages), name=f"{name}_merge"),
        path(
            f"{prefix}<int:pk>/merge/<int:other>/",
            MergePage.as_view(pages=pages),
            name=f"{name}_merge_with",
        ),
    ]


class MergePages(Pages):
    model = Merge
    has_contacts = False
    columns = (
        "label",
        side("first", _("Merged into")),
        KIND,
        "created_at",
        "created_by",
        "undone_at",
    )
    order = "-created_at"
    filterset = MergeFilter
    verbs = services.MERGE_VERBS
    empty = _(
        "Nothing has been merged yet. Merges made from possible duplicates stand here, "
        "and can be undone for 30 days."
    )
    begin = "accounts.duplicatepair"
    groups = (
        (
            "",
            (
                "label",
                linked_side("first", _("Merged into")),
                KIND,
                "created_at",
                "created_by",
                Column("undo_until", _("Can be undone until"), value=lambda m: words(m.undo_until)),
                "undone_at",
                "undone_by",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("content_type").prefetch_related("first")

    @classmethod
    def extra_groups(cls, obj, user):
        return [(_("What moved along"), [(label, n) for label, n in services.moved_by(obj)])]
