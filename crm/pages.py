"""The HTML door of one record kind, as a declaration: the twin of the JSON door's viewset."""

from typing import Any

from django.apps import apps
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import lifecycle
from crm.cells import columns_of
from crm.papers import paper_of
from crm.verbs import Verbs


def named(request, name, model):
    """The `model` record whose number the query string gives as `name`; None for one out of sight."""
    pk = request.GET.get(name, "")
    return model.objects.visible_to(request.user).filter(pk=pk).first() if pk.isdecimal() else None


class Pages:
    """List, board, record, form and verb pages of `model`, made from attributes.

    columns: names or Columns of the list.        filterset: its CrmFilter.
    more_columns: what can be chosen besides: names of fields that are on no page, and Columns.
    order: default order, such as "-created_at".  groups: [(label, [fields])] of the record page.
    form, lines: form class, and formset class of the lines (crm.forms.line_formset).
    create: `(*, by, **data) -> obj`; edit: `(obj, *, by, version, **data) -> obj`; None: no such page.
    verbs: the Verbs of the model.                board: states that are columns of a board.
    board_amount: what its columns sum, in the company's currency (crm.money.in_company_currency).
    card: `(obj) -> {title, subtitle, amount, next, next_badge}` on the board, each may be absent; next:
    what comes next and how soon, which the colour alone would not tell everybody.
    menu: (section, position) of the menu entry.  totals: money columns summed over the list.
    empty: what an empty list is for and what to do first; begin: the kind, such as "orders.order",
    on whose pages that is done; "": here.
    panels: (label, url name, permission, rows(obj, user)) of htmx panels that take the pk and are
    tabs of the record page; downstream apps append to them. rows: the querysets that are counted,
    or None where there is nothing to count. Who holds the permission and sees the record is
    answered by the address.
    asked_for: further words with which people ask the search box for a new record, such as "quote".
    importer: a crm.imports.Importer; None: its records are not imported from files.
    has_contacts: whether calls, visits and follow-ups are logged on its records.
    record_panels: (label, url name, permission, rows, applies(obj)) of panels on the pages of many
    kinds, such as tasks; their URLs take app label, model name and pk.
    next_step: `(obj, user) -> what is to be done next`, see crm.record; None where that has no sense.
    list_actions: (label, icon, url name, permission, applies(model)) of what can be done with the
    rows of a list; their URLs take app label and model name, and the query string of the list.
    """

    model: Any = None
    columns: tuple = ()
    more_columns: tuple = ()
    filterset: Any = None
    order = "-pk"
    groups: tuple = ()
    form: Any = None
    lines: Any = None
    create: Any = None
    edit: Any = None
    verbs: Any = None
    board: Any = ()
    board_amount: Any = None
    card: Any = None
    menu: Any = None
    empty: Any = ""
    begin = ""
    asked_for: Any = ""
    create_label: Any = gettext_lazy("New")
    has_timeline = True
    has_contacts = True
    totals: tuple = ()
    importer: Any = None

    registry: dict = {}
    record_panels: list = []
    list_actions: list = []
    panels: list = []
    next_step: Any = staticmethod(lambda obj, user: None)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.panels = []
        if cls.verbs is None and cls.model is not None:
            cls.verbs = Verbs(cls.model)
        if cls.model is not None:
            Pages.registry[cls.model] = cls

    @classmethod
    def of(cls, kind):
        """The Pages of a kind such as "accounts.account"; LookupError for one that has none."""
        app_label, _dot, model = kind.partition(".")
        return cls.registry[apps.get_model(app_label, model)]

    # --- what pages of one kind may override -------------------------------------------------

    @classmethod
    def queryset(cls, user):
        return cls.model.objects.visible_to(user)

    @classmethod
    def tables(cls, obj, user):
        """Tables on the record page: [crm.cells.table(…)]."""
        return []

    @classmethod
    def extra_groups(cls, obj, user):
        """Further groups of facts: [(label, [(label, Cell)])]."""
        return []

    @classmethod
    def verb_facts(cls, obj, verb, user):
        """What whoever runs a verb decides on, above its questions: groups as extra_groups."""
        return []

    @classmethod
    def initial(cls, request):
        """Initial data of the create form; the query string fills fields too."""
        return {}

    @classmethod
    def subtitle(cls, obj):
        return ""

    @classmethod
    def lines_of(cls, obj):
        return obj.lines.all()

    # --- what the doors ask --------------------------------------------------------------------

    @classmethod
    def bound_columns(cls):
        if "_columns" not in cls.__dict__:
            cls._columns = columns_of(cls.model, cls.columns)
        return cls._columns

    @classmethod
    def route(cls, name):
        return f"{cls.model._meta.app_label}:{cls.model._meta.model_name}_{name}"

    @classmethod
    def may(cls, user, verb):
        return user.has_perm(cls.model.permission(verb))

    @classmethod
    def label(cls):
        return cls.model._meta.verbose_name

    @classmethod
    def plural(cls):
        return cls.model._meta.verbose_name_plural

    @classmethod
    def new_label(cls):
        return _("New %(kind)s") % {"kind": cls.label()}

    @classmethod
    def actions(cls, request):
        """What `request.user` can do with the rows of this list: [{label, icon, url, with_query}]."""
        kind, query = [cls.model._meta.app_label, cls.model._meta.model_name], request.GET
        return [
            {
                "label": label,
                "icon": icon,
                "url": f"{reverse(name, args=kind)}?{query.urlencode()}",
                "with_query": True,
            }
            for label, icon, name, permission, applies in cls.list_actions
            if applies(cls.model) and request.user.has_perm(permission)
        ]

    @classmethod
    def urls(cls, prefix=""):
        """The routes of the kind under `prefix`: list, new, record, edit, verbs, board, PDF."""
        from crm import boards, inplace, views
        from crm.lists import bulk, exports, pages, saved
        from crm.papers import doors

        name = cls.model._meta.model_name
        routes = [
            path(prefix, pages.ListPage.as_view(pages=cls), name=f"{name}_list"),
            path(f"{prefix}<int:pk>/", views.DetailPage.as_view(pages=cls), name=f"{name}_detail"),
        ]
        routes += [
            path(f"{prefix}export/", exports.ExportView.as_view(pages=cls), name=f"{name}_export"),
            path(f"{prefix}views/", saved.SaveView.as_view(pages=cls), name=f"{name}_views"),
            path(
                f"{prefix}views/<int:pk>/", saved.ViewView.as_view(pages=cls), name=f"{name}_view"
            ),
        ]
        if cls.board:
            routes += [
                path(f"{prefix}board/", boards.BoardPage.as_view(pages=cls), name=f"{name}_board"),
                path(
                    f"{prefix}<int:pk>/move/",
                    boards.MoveView.as_view(pages=cls),
                    name=f"{name}_move",
                ),
            ]
        if cls.form and cls.create:
            routes.append(
                path(f"{prefix}new/", views.FormPage.as_view(pages=cls), name=f"{name}_create")
            )
        if cls.form and cls.edit:
            routes.append(
                path(
                    f"{prefix}<int:pk>/edit/",
                    views.FormPage.as_view(pages=cls),
                    name=f"{name}_edit",
                )
            )
            routes.append(
                path(
                    f"{prefix}<int:pk>/field/<slug:field>/",
                    inplace.FieldPage.as_view(pages=cls),
                    name=f"{name}_field",
                )
            )
        if paper_of(cls.model):
            routes.append(
                path(
                    f"{prefix}<int:pk>/pdf/", doors.PaperPage.as_view(pages=cls), name=f"{name}_pdf"
                )
            )
        if cls.verbs:
            routes += [
                path(f"{prefix}bulk/", bulk.BulkView.as_view(pages=cls), name=f"{name}_bulk"),
                path(
                    f"{prefix}<int:pk>/<slug:verb>/",
                    views.VerbView.as_view(pages=cls),
                    name=f"{name}_verb",
                ),
            ]
        return routes


def create_record(model):
    """A create service for kinds that need no more than the frame's."""

    def create(*, by, **data):
        return lifecycle.create(model(**data), by=by)

    return staticmethod(create)


edit_record = staticmethod(lifecycle.edit)
