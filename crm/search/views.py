"""The doors of the search: the page, the panel under the search box, and REST."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.search.acts import acts_for, beginnings
from crm.search.find import search, visible
from crm.search.recent import recent

PANEL = "search-panel"
FEW, SOME, MANY = 4, 8, 50
GROUPS = 6


def search_page(request):
    """search/: hits by kind, with what can be done; for the search box only the panel."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    is_panel = request.htmx.target == PANEL
    user, opened = request.user, recent(request.user)
    wanted = {"limit": FEW, "most": GROUPS} if is_panel else {"limit": MANY if kind else SOME}
    context = {
        "search_query": text,
        "groups": search(user, text, recent=opened, kind=kind, **wanted) if text else [],
        "recent": [] if text else visible(user, opened),
        "acts": [] if kind else (acts_for(user, text) if text else beginnings(user)),
        "kind": kind,
        "is_panel": is_panel,
    }
    template = "crm/_search.html" if request.htmx else "crm/search.html"
    return render(request, template, context)


class HitSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="obj.pk")
    title = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField(), help_text=_("What else it says."))
    state = serializers.CharField(help_text=_("The state in words, empty where there is none."))
    url = serializers.CharField()


class GroupSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field, not its words
    has_more = serializers.BooleanField()
    hits = HitSerializer(many=True)


class SearchView(APIView):
    """What the search box finds: the best records of every kind, as far as one may see them."""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True),
            OpenApiParameter("kind", OpenApiTypes.STR, description="Only one kind: app.model"),
        ],
        responses=GroupSerializer(many=True),
    )
    def get(self, request):
        kind = request.query_params.get("kind", "")
        # The scopes of a key, such as "orders:read", narrow what its person may see.
        scopes = getattr(request.auth, "scopes", None) or ()
        readable = {
            app for app, _, access in (s.partition(":") for s in scopes) if access == "read"
        }
        groups = search(
            request.user,
            request.query_params.get("q", ""),
            recent=recent(request.user),
            kind=kind,
            limit=MANY if kind else SOME,
            apps=readable if scopes else None,
        )
        return Response(GroupSerializer(groups, many=True).data)
