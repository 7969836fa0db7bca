"""Cursor paging over the same keyset as the lists."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from crm.custom.queries import ordered
from crm.paging import keyset_page


class CursorPagination(BasePagination):
    """`?cursor=`, `?page_size=` (200 at most) and `?ordering=` over the viewset's orderings."""

    page_size = 50
    max_page_size = 200

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        order = request.query_params.get("ordering") or view.ordering
        if order.lstrip("-") not in view.orderings():
            known = ", ".join(sorted(view.orderings()))
            raise ValidationError({"ordering": _("Order by one of: %(known)s.") % {"known": known}})
        size = request.query_params.get("page_size", "")
        size = (
            min(int(size), self.max_page_size) if size.isdecimal() and int(size) else self.page_size
        )
        rows, order = ordered(queryset, order, view.own_columns)
        self.page = keyset_page(rows, order, request.query_params.get("cursor", ""), size)
        return self.page.rows

    def _link(self, cursor):
        if not cursor:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data):
        return Response(
            {
                "next": self._link(self.page.next),
                "previous": self._link(self.page.previous),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": name,
                "required": False,
                "in": "query",
                "description": text,
                "schema": {"type": kind},
            }
            for name, kind, text in (
                ("cursor", "string", "Position, from next or previous"),
                ("page_size", "integer", "Rows per page, 200 at most"),
                ("ordering", "string", "Field to order by, with - for descending"),
            )
        ]
