"""What may be the same: asked while somebody types, and looked for every night."""

from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.filters import DuplicatePairFilter
from accounts.models import Account, DuplicatePair
from accounts.views.merging import KIND, MergePage, linked_side, side
from crm import menu
from crm.cells import Column, listed
from crm.pages import Pages, named
from crm.views import DetailPage, FormPage, Page


class DuplicateFormPage(FormPage):
    """A form that looks for duplicates while somebody types, and asks about them once."""

    template = "accounts/duplicates_form.html"

    def save(self, obj, form, formset):
        try:
            return super().save(obj, form, formset)
        except services.DuplicateFound as error:
            form.asks_about(error)
            raise ValidationError([]) from error

    def answer(self, obj, form, formset, conflict=None, status=200):
        return super().answer(obj, form, formset, conflict, 409 if form.duplicates else status)


class DuplicatesPanel(Page):
    """What may be the same as the record being typed, or edited as `exclude`: a fragment."""

    @property
    def permission(self):
        return "change" if self.request.GET.get("exclude") else "add"

    def get(self, request):
        model, user = self.pages.model, request.user
        data = {name: request.GET.get(name, "").strip() for name in services.sources(model)}
        if "account" in data:
            data["account"] = named(request, "account", Account)
        edited = named(request, "exclude", model)
        found = services.find_duplicates(model, data, user=user, exclude=edited)
        return render(request, "accounts/_duplicates.html", {"duplicates": found})


# In the menu, but not among the kinds that the search of everything looks through.
menu.add(
    "customers",
    90,
    _("Possible duplicates"),
    "accounts:duplicatepair_list",
    "accounts.view_duplicatepair",
)


def _reasons(pair):
    return listed(services.REASONS[fact] for fact in pair.facts)


WHY = Column("facts", _("Why"), value=_reasons)


class DuplicatePairPages(Pages):
    model = DuplicatePair
    has_contacts = False
    has_timeline = False
    columns = (
        side("first", _("Record")),
        side("second", _("Possible duplicate")),
        KIND,
        WHY,
        "score",
    )
    order = "-score"
    filterset = DuplicatePairFilter
    verbs = services.PAIR_VERBS
    empty = _(
        "No possible duplicates. Customers, contacts and leads that look alike are found "
        "every night and put here to compare."
    )
    begin = "accounts.account"
    groups = (
        (
            "",
            (
                linked_side("first", _("Record")),
                linked_side("second", _("Possible duplicate")),
                WHY,
                "score",
                "found_at",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        rows = super().queryset(user).filter(dismissed_at=None)
        return rows.select_related("content_type").prefetch_related("first", "second")


class PairPage(DetailPage):
    """<pk>/: the two side by side, to be merged or dismissed."""

    def get(self, request, pk):
        pair = self.get_object(pk)
        pages = Pages.registry[type(pair.first)]
        return MergePage.as_view(pages=pages)(request, pair.first_id, pair.second_id)
