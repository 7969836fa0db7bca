"""Boards: records by state, where moving a card runs the very verb of the button."""

from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import npgettext_lazy
from django_fsm import GET_STATE

from crm.cells import money
from crm.empty import beginnings
from crm.errors import WrongMoment
from crm.lifecycle import transition_of
from crm.lists.forms import are_asked, filter_bar, narrowing
from crm.models import Company
from crm.paging import keyset_page
from crm.views import Page, VerbView

CARDS = 20
# Django's own Chinese words for these tell dates, not how long something takes.
AGES = {
    "year": npgettext_lazy("age", "%(num)d year", "%(num)d years", "num"),
    "month": npgettext_lazy("age", "%(num)d month", "%(num)d months", "num"),
    "week": npgettext_lazy("age", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("age", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("age", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("age", "%(num)d minute", "%(num)d minutes", "num"),
}


class BoardPage(Page):
    """board/: a column per state, under the filters of the list.

    `?column=state&cursor=` answers more cards of one column.
    """

    def get(self, request):
        pages = self.pages
        # The columns are the states; a second choice of states would only empty them.
        state, data = pages.model.state_field().name, request.GET.copy()
        data.pop(state, None)
        filterset = pages.filterset(data, self.rows(), request=request)
        filterset.filters.pop(state, None)
        bar = filter_bar(filterset, request, self.url("list"))
        if are_asked(request):
            return render(request, "crm/_filter_fields.html", bar)
        rows = filterset.qs
        if column := request.GET.get("column"):
            if column not in pages.board:
                raise Http404
            context = {"column": self.column(rows, column, request.GET.get("cursor", ""))}
            return render(request, "crm/_board_column.html", context)
        figures = self.figures(rows)
        # An empty column is not asked for its cards.
        columns = [
            self.column(rows if state in figures else rows.none(), state, "")
            | figures.get(state, {"count": 0, "total": ""})
            for state in pages.board
        ]
        context = {
            "title": pages.plural(),
            "columns": columns,
            "ends": {
                end["state"]: end for column in columns for end in column["verb_ends"]
            }.values(),
            "list_url": self.url("list"),
            "board_url": self.url("board"),
            "create_url": self.create_url(),
            "create_label": pages.new_label(),
            **bar,
            "is_empty": not figures and not narrowing(filterset),
            "empty": pages.empty,
            "beginnings": beginnings(pages, request.user),
        }
        return render(request, "crm/_board.html" if request.htmx else "crm/board.html", context)

    def rows(self):
        rows = self.pages.queryset(self.request.user)
        relations = [f for f in ("owner", "account") if hasattr(self.pages.model, f)]
        return rows.select_related(*relations) if relations else rows

    def figures(self, rows):
        """{state: {count, total}} over all cards, the total in the company's currency."""
        state, sums = self.pages.model.state_field().name, {"count": Count("pk")}
        if self.pages.board_amount is not None:
            sums["total"] = Sum(self.pages.board_amount)
        found = rows.order_by().filter(**{f"{state}__in": self.pages.board})
        currency = Company.current().currency_id if "total" in sums else ""
        return {
            row[state]: {"count": row["count"], "total": money(row.get("total"), currency)}
            for row in found.values(state).annotate(**sums)
        }

    def column(self, rows, state, cursor):
        pages, model = self.pages, self.pages.model
        field = model.state_field()
        page = keyset_page(rows.filter(**{field.name: state}), pages.order, cursor, CARDS)
        labels = dict(field.flatchoices)
        return {
            "state": state,
            "label": labels[state],
            "badge": model.BADGES.get(state, "grey"),
            "cards": [self.card(row) for row in page.rows],
            "more_url": self.more(state, page.next) if page.next else "",
            "verb_targets": self.targets(state, pages.board),
            # Where a card leaves the board: won, lost, closed.
            "verb_ends": self.targets(state, [end for end in labels if end not in pages.board]),
        }

    def targets(self, state, states):
        model = self.pages.model
        labels = dict(model.state_field().flatchoices)
        return [
            {"state": target, "label": labels[target], "badge": model.BADGES.get(target, "grey")}
            for target in states
            if target != state and self.leads(state, target)
        ]

    def leads(self, state, target):
        """Whether a verb that this person may run leads from one state to another."""
        name = verb_between(self.pages.model, state, target)
        permission = self.pages.verbs[name].permission if name else ""
        return bool(name) and (not permission or self.request.user.has_perm(permission))

    def more(self, state, cursor):
        query = self.request.GET.copy()
        query["column"], query["cursor"] = state, cursor
        return f"{self.url('board')}?{query.urlencode()}"

    def card(self, obj):
        return {
            "pk": obj.pk,
            "title": str(obj),
            "url": obj.get_absolute_url(),
            "move_url": self.url("move", obj.pk),
            "owner": str(obj.owner or ""),
            "age": timesince(obj.created_at, time_strings=AGES, depth=1),
            "subtitle": "",
            "amount": "",
            "next": "",
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


def goes_elsewhere(obj, verb, target):
    """The sentence for a verb that chooses the state itself, and not the one wanted; or None."""
    goal = transition_of(obj, verb).target
    if not isinstance(goal, GET_STATE) or (state := goal.func(obj)) == target:
        return None
    label = dict(obj.state_field().flatchoices)[state]
    return _("%(record)s can only go to %(state)s.") % {"record": obj, "state": label}


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
        if spec.form is None and (elsewhere := goes_elsewhere(obj, verb, target)):
            raise WrongMoment(elsewhere)
        if spec.form is not None:
            form = spec.form_class()(initial={"phase": target}, user=request.user, obj=obj)
            return self.ask(obj, verb, form)
        spec.run(obj, by=request.user)
        return HttpResponse(status=204) if request.htmx else HttpResponseRedirect(self.url("board"))
