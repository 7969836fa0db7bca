"""Boards: records by state, where moving a card runs the very verb of the button."""

from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django_fsm import GET_STATE

from crm.cells import money
from crm.errors import WrongMoment
from crm.paging import keyset_page
from crm.views import Page, VerbView

CARDS = 20


class BoardPage(Page):
    """board/: a column per state; `?column=state&cursor=` answers more cards of one column."""

    def get(self, request):
        pages = self.pages
        rows = pages.queryset(request.user)
        if relations := [f for f in ("owner", "account") if hasattr(pages.model, f)]:
            rows = rows.select_related(*relations)
        if column := request.GET.get("column"):
            if column not in pages.board:
                raise Http404
            context = {"column": self.column(rows, column, request.GET.get("cursor", ""))}
            return render(request, "crm/_board_column.html", context)
        context = {
            "title": pages.plural(),
            "columns": [self.column(rows, state, "") for state in pages.board],
            "list_url": self.url("list"),
            "board_url": self.url("board"),
            "create_url": self.create_url(),
            "create_label": pages.new_label(),
        }
        return render(request, "crm/board.html", context)

    def column(self, rows, state, cursor):
        pages, model = self.pages, self.pages.model
        field = model.state_field()
        rows = rows.filter(**{field.name: state})
        figures = {"count": Count("pk")}
        if amount := getattr(pages, "board_amount", None):
            figures["total"] = Sum(amount)
        sums = rows.aggregate(**figures)
        page = keyset_page(rows, pages.order, cursor, CARDS)
        labels = dict(field.flatchoices)
        return {
            "state": state,
            "label": labels[state],
            "badge": model.BADGES.get(state, "grey"),
            "count_label": f"{sums['count']:,}",
            "total": money(sums["total"]) if sums.get("total") else "",
            "cards": [self.card(row) for row in page.rows],
            "more_url": f"{self.url('board')}?{urlencode({'column': state, 'cursor': page.next})}"
            if page.next
            else "",
            "verb_targets": [
                {"state": target, "label": labels[target]}
                for target in pages.board
                if target != state and verb_between(model, state, target)
            ],
        }

    def card(self, obj):
        return {
            "pk": obj.pk,
            "url": obj.get_absolute_url(),
            "move_url": self.url("move", obj.pk),
            "owner": str(obj.owner or ""),
            "age": timesince(obj.created_at, depth=1),
            "subtitle": "",
            "amount": "",
            "next_badge": "",
            **self.pages.card(obj),
        }


def verb_between(model, source, target):
    """The name of the verb that leads from one state to another, or None."""
    fallback = None
    for transition in model.state_field().get_all_transitions(model):
        if transition.custom.get("automatic") or source not in (transition.source, "*"):
            continue
        if transition.target == target:
            return transition.name
        if isinstance(transition.target, GET_STATE) and target in (
            transition.target.allowed_states or ()
        ):
            fallback = transition.name
    return fallback


class MoveView(VerbView):
    """<pk>/move/: a card dropped on a column runs the very verb of the button, or asks its form."""

    def get(self, request, pk):
        return HttpResponseRedirect(self.get_object(pk).get_absolute_url())

    def post(self, request, pk):
        obj = self.get_object(pk)
        target = request.POST.get("to", "")
        state = getattr(obj, obj.state_field().name)
        verb = verb_between(type(obj), state, target)
        if verb is None:
            labels = dict(obj.state_field().flatchoices)
            raise WrongMoment(
                _("%(record)s cannot be moved from %(old)s to %(new)s.")
                % {"record": obj, "old": labels[state], "new": labels.get(target, target)}
            )
        obj, spec = self.find(pk, verb)
        if reason := self.pages.verbs.refusal(obj, verb):
            raise WrongMoment(str(reason))
        if spec.form is not None:
            form = spec.form_class()(initial={"phase": target}, user=request.user, obj=obj)
            return self.ask(obj, verb, form)
        spec.run(obj, by=request.user)
        return HttpResponse(status=204) if request.htmx else HttpResponseRedirect(self.url("board"))
