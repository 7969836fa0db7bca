"""The list of a kind: what is shown, in which order and groups, is all in its address.

Parameters: the filters and `q`, conditions (crm.lists.conditions), `o` order, `col` columns,
`width_<column>` in pixels, `group`, `cursor`. A saved view is such an address with a name.
"""

from django.http import Http404
from django.shortcuts import render

from crm.cells import columns_of
from crm.custom.queries import ordered
from crm.empty import beginnings, import_action
from crm.lists import bulk, conditions, groups
from crm.lists.attributes import attributes, column_specs
from crm.lists.forms import (
    are_asked,
    cleared,
    condition_row,
    filter_bar,
    narrowing,
    next_number,
)
from crm.lists.sums import texts, totals_of, totals_over
from crm.models import SavedView
from crm.paging import count_label, keyset_page
from crm.views import Page

PAGE_SIZE = 50
FEW = 200
# Pixels that a column may be wide.
NARROWEST, WIDEST = 48, 1200
# What a change of filters keeps.
KEPT = ("o", "view")


class State:
    """What the address of a list asks for, for one person: rows, columns and order."""

    def __init__(self, pages, request, data=None):
        self.pages, self.request, self.user = pages, request, request.user
        self.data = request.GET if data is None else data
        self.attributes = attributes(pages, self.user)
        self.filterset = None
        rows = pages.queryset(self.user)
        if pages.filterset:
            self.filterset = pages.filterset(self.data, rows, request=request)
            self.filterset.attributes = self.attributes
            rows = self.filterset.qs
        self.specs = column_specs(pages, self.attributes)
        chosen = [name for name in self.data.getlist("col") if name in self.specs]
        self.column_names = list(dict.fromkeys(chosen)) or self.default_columns()
        self.columns = columns_of(pages.model, [self.specs[name] for name in self.column_names])
        if relations := [column.relation for column in self.columns if column.relation]:
            rows = rows.select_related(*relations)
        self.rows = rows
        self.order = self._order()

    def width(self, name):
        """How wide a column shall be, in pixels; "" as wide as it needs."""
        said = self.data.get(f"width_{name}", "")
        if not (said.isascii() and said.isdecimal() and len(said) < 5):
            return ""
        return min(max(int(said), NARROWEST), WIDEST)

    def default_columns(self):
        return [c if isinstance(c, str) else c.name for c in self.pages.columns]

    def _order(self):
        order = self.data.get("o", self.pages.order)
        every = columns_of(self.pages.model, self.specs.values())
        sortable = {column.sort for column in every if column.sort}
        known = sortable | {self.pages.order.lstrip("-"), "pk"}
        return order if order.lstrip("-") in known else self.pages.order

    def page(self, cursor, size):
        """One page of the rows in their order."""
        known = {path: each.own for path, each in self.attributes.items() if each.own}
        rows = self.rows
        for name in known.keys() & set(self.column_names):
            rows = known[name].on(rows)
        return keyset_page(*ordered(rows, self.order, known), cursor, size)

    def narrow(self):
        """Name the rows by key where the filters leave few.

        Else the database might read a million in the order of the list to find three of them.
        """
        if narrowing(self.filterset):
            keys = list(self.rows.order_by().values_list("pk", flat=True)[: FEW + 1])
            if len(keys) <= FEW:
                self.rows = self.rows.filter(pk__in=keys)

    def group(self):
        attribute = self.attributes.get(self.data.get("group", ""))
        return attribute if attribute and attribute.is_groupable else None

    def query(self, **changes):
        """The address's parameters with changes (None or "" removes one), without the cursor."""
        query = self.data.copy()
        for name, value in {"cursor": None, "filters": None, **changes}.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return query.urlencode()


class ListPage(Page):
    """<plural>/: rows filtered, ordered, grouped and paged by key."""

    def get(self, request):
        if number := request.GET.get("condition"):
            return self.condition(number)
        state = State(self.pages, request)
        bar = filter_bar(state.filterset, request, self.url("list"))
        if are_asked(request):
            return render(request, "crm/_filter_fields.html", bar)
        state.narrow()
        if request.GET.get("group_rows"):
            return self.group_rows(state)
        context = {
            "title": self.pages.plural(),
            "page": self.pages,
            "list_url": self.url("list"),
            "create_url": self.create_url(),
            "create_label": self.pages.new_label(),
            "board_url": self.url("board") if self.pages.board else "",
            "actions": [*self.actions(), *self.pages.actions(request)],
            "empty": self.pages.empty,
            "beginnings": beginnings(self.pages, request.user),
            "narrowed": bool(narrowing(state.filterset)),
            "clear_url": f"{self.url('list')}?{cleared(state.data)}",
            "count_label": count_label(state.rows),
            "totals": self.totals(state),
            "kept": self.kept(state),
            **bar,
            **self.looks(state),
            **(self.groups(state) if state.group() else self.page(state)),
        }
        return render(request, "crm/_list.html" if request.htmx else "crm/list.html", context)

    def actions(self):
        """Links beside the title: [{label, icon, url}]."""
        return import_action(self.pages, self.request.user)

    def page(self, state):
        """One page of rows, with what can be done with several of them."""
        page = state.page(self.request.GET.get("cursor", ""), PAGE_SIZE)
        return {
            "columns": [self.heading(column, state) for column in state.columns],
            "rows": self.cells(page.rows, state),
            "next_url": self.link(state, cursor=page.next) if page.next else "",
            "previous_url": self.link(state, cursor=page.previous) if page.previous else "",
            "bulk_verbs": bulk.verbs_of(self.pages, self.request.user),
            "bulk_url": self.url("bulk") if self.pages.verbs else "",
        }

    def cells(self, rows, state):
        base = self.url("list")
        return [
            {
                "url": f"{base}{row.pk}/",
                "pk": row.pk,
                "cells": [column.cell(row, self.request.user) for column in state.columns],
            }
            for row in rows
        ]

    def totals(self, state):
        """Sums over all filtered rows: [{label, value}], amounts for each currency."""
        totals = totals_of(state)
        if not totals:
            return []
        rows = totals_over(state, totals)
        return [{"label": total.label, "value": text} for total, text in texts(totals, rows)]

    # --- Groups ----------------------------------------------------------------------------------

    def groups(self, state):
        """Every value of the attribute with its count and sums; its rows come when it is opened."""
        attribute, totals = state.group(), totals_of(state)
        found, are_more = groups.found(state, totals, groups.MOST)
        rows = []
        for group in found:
            url = f"{self.url('list')}?{state.query(group=None, **groups.condition(attribute, group))}"
            rows.append(
                {
                    "label": group.label,
                    "n": group.count,
                    "sums": [text for _total, text in texts(totals, group.rows)],
                    "url": url,
                    "rows_url": f"{url}&group_rows=1",
                }
            )
        return {"groups": rows, "group_label": attribute.label, "more_groups": are_more}

    def group_rows(self, state):
        page = state.page("", PAGE_SIZE)
        context = {
            "columns": [self.heading(column, state) for column in state.columns],
            "rows": self.cells(page.rows, state),
            "more_url": f"{self.url('list')}?{state.query(group_rows=None)}" if page.next else "",
        }
        return render(self.request, "crm/_list_group.html", context)

    # --- Conditions and looks -----------------------------------------------------------------------

    def condition(self, number):
        """The fragment of one condition whose field was chosen."""
        if not self.pages.filterset:
            raise Http404
        if number == "new":
            number = str(next_number(self.request.GET))
        if not conditions.NAME.fullmatch(f"w{number}"):
            raise Http404
        model, known = self.pages.model, attributes(self.pages, self.request.user)
        row = condition_row(model, known, self.request, self.url("list"), int(number))
        return render(self.request, "crm/_condition.html", {"condition": row})

    def looks(self, state):
        """Columns to choose, groups to make, views to open."""
        specs = {c.name: c for c in columns_of(self.pages.model, state.specs.values())}
        names = [*state.column_names, *(name for name in specs if name not in state.column_names)]
        groupable = [a for a in state.attributes.values() if a.is_groupable]
        view = state.data.get("view", "")
        return {
            "column_choices": [
                {
                    "name": name,
                    "label": specs[name].label,
                    "on": name in state.column_names,
                    "width": state.width(name),
                }
                for name in names
            ],
            "group_choices": [{"name": a.path, "label": a.label} for a in groupable],
            "default_columns": state.default_columns(),
            "group": state.data.get("group", "") if state.group() else "",
            "views": SavedView.objects.of(self.pages.model, self.request.user),
            "view": view,
            "own_view": self.own_view(view),
            "query": state.query(view=None),
            "export_url": self.url("export"),
            "views_url": self.url("views"),
            "may_share": self.request.user.has_perm("crm.share_savedview"),
            "may_export": self.request.user.has_perm("crm.export_records"),
            "may_export_records": self.pages.importer is not None,
        }

    def own_view(self, key):
        """The view that the address names, if this person made it."""
        views = SavedView.objects.of(self.pages.model, self.request.user)
        return views.filter(user=self.request.user, pk=key).first() if bulk.is_key(key) else None

    def kept(self, state):
        """Looks that a change of filters keeps: [(name, value)]."""
        return [(name, state.data[name]) for name in KEPT if state.data.get(name)]

    def heading(self, column, state):
        order = state.order
        is_sorted = column.sort and column.sort == order.lstrip("-")
        direction = ("desc" if order.startswith("-") else "asc") if is_sorted else ""
        turned = f"-{column.sort}" if direction == "asc" else column.sort
        return {
            "label": column.label,
            "name": column.name,
            "width": state.width(column.name),
            "numeric": column.numeric,
            "sort_url": self.link(state, o=turned) if column.sort else "",
            "sorted": direction,
        }

    def link(self, state, **changes):
        return f"{self.url('list')}?{state.query(**changes)}"
