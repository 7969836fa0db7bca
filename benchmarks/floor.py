"""The least that Django can do for a list and a record: the yardstick for the real pages.

The addresses of a site that has sessions and people, and nothing else: one query for the rows, one
plain template of ten columns. `with at_the_floor():` serves it instead of Closeloop.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny

from accounts.models import Account
from crm.models import Event

NAMES = (
    "id",
    "name",
    "status",
    "industry",
    "region",
    "phone",
    "website",
    "employees",
    "last_contact_at",
    "created_at",
)
CELLS = "".join(f"<td>{{{{ row.{name} }}}}</td>" for name in NAMES)
LIST = f"{{% for row in rows %}}<tr>{CELLS}</tr>{{% endfor %}}"
RECORD = (
    f"<tr>{CELLS}</tr>{{% for event in events %}}<tr><td>{{{{ event.at }}}}</td>"
    "<td>{{ event.label }}</td><td>{{ event.actor }}</td></tr>{% endfor %}"
)


def rows(user):
    found = Account.objects.order_by("name", "pk")
    return (found if user.is_staff else found.filter(owner=user))[:50]


@login_required
def plain_list(request):
    return _render(LIST, request, rows=rows(request.user))


@login_required
def plain_record(request, pk):
    row = Account.objects.get(pk=pk)
    events = Event.objects.about(row).select_related("actor")[:20]
    return _render(RECORD, request, row=row, events=events)


_templates: dict = {}


def _render(source, request, **context):
    if source not in _templates:
        page = f"<!doctype html><p>{{{{ request.user }}}}</p><table>{source}</table>"
        _templates[source] = engines["django"].from_string(page)
    return HttpResponse(_templates[source].render(context, request))


class Row(serializers.ModelSerializer):
    class Meta:
        model = Account
        fields = NAMES


class PlainApi(generics.ListAPIView):
    serializer_class = Row
    pagination_class = None
    permission_classes = (AllowAny,)

    def get_queryset(self):
        return rows(self.request.user)


urlpatterns = [
    path("list/", plain_list),
    path("record/<int:pk>/", plain_record),
    path("api/", PlainApi.as_view()),
]


def at_the_floor():
    return override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
    )
