"""Cases, returns and surveys on the pages of customers and orders."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.views import AccountPages
from aftersales.models import Case, Return, Survey
from aftersales.views.pages import CASE_COLUMNS, RETURN_COLUMNS, SURVEY_COLUMNS
from crm.cells import table
from crm.record import related
from orders.models import Order
from orders.views import OrderPages


def _panel(request, kinds):
    found = []
    for label, model, columns, rows, create_url in kinds:
        if not request.user.has_perm(model.permission("view")):
            continue
        rows = rows.visible_to(request.user).order_by("-pk")[:50]
        found.append(table(label, model, columns, rows, request.user, create_url=create_url))
    return render(request, "aftersales/_panel.html", {"tables": found})


def _new_case(request, name, pk):
    if not request.user.has_perm("aftersales.add_case"):
        return ""
    return f"{reverse('aftersales:case_create')}?{name}={pk}"


def account_panel(request, pk):
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    cases, surveys = account.cases.select_related("owner"), account.surveys
    surveys = surveys.select_related("template", "contact")
    kinds = [
        (_("Cases"), Case, CASE_COLUMNS, cases, _new_case(request, "account", pk)),
        (_("Surveys"), Survey, SURVEY_COLUMNS, surveys, ""),
    ]
    return _panel(request, kinds)


def order_panel(request, pk):
    order = get_object_or_404(Order.objects.visible_to(request.user), pk=pk)
    cases = order.cases.select_related("owner")
    kinds = [
        (_("Cases"), Case, CASE_COLUMNS, cases, _new_case(request, "order", pk)),
        (_("Returns"), Return, RETURN_COLUMNS, order.returns.select_related("order"), ""),
        (
            _("Surveys"),
            Survey,
            SURVEY_COLUMNS,
            order.surveys.select_related("template", "contact"),
            "",
        ),
    ]
    return _panel(request, kinds)


def _rows(*kinds):
    def rows(obj, user):
        return [found for kind, path in kinds for found in related(kind, path)(obj, user)]

    return rows


SERVICE = gettext_lazy("Service")
AccountPages.panels.append(
    (
        SERVICE,
        "aftersales:account_panel",
        "aftersales.view_case",
        _rows((Case, "account"), (Survey, "account")),
    )
)
OrderPages.panels.append(
    (
        SERVICE,
        "aftersales:order_panel",
        "aftersales.view_case",
        _rows((Case, "order"), (Return, "order"), (Survey, "order")),
    )
)
