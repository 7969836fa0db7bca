"""What belongs to one person, over REST: saved views, verbs on many records, work."""

from typing import Any

from django.http import Http404, QueryDict
from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from crm.api.permissions import in_scope
from crm.lists import bulk, saved
from crm.models import SavedView, Work, WorkRow
from crm.pages import Pages

ROWS = 200


def pages_for(request, kind, access):
    """The Pages of a kind such as "leads.lead"; 404 for one that there is not, 403 for one that is
    not for this person or this key."""
    try:
        pages = Pages.of(kind)
    except LookupError as error:
        raise Http404 from error
    if not pages.may(request.user, "view") or not in_scope(request, kind.split(".")[0], access):
        raise PermissionDenied
    return pages


def reached(rows, request, column):
    """Those `rows` of a person whose kind, in the column, the key of the request reaches."""
    scopes = getattr(request.auth, "scopes", None)
    if not scopes:
        return rows
    kinds = [model._meta.label_lower for model in Pages.registry]
    seen = [kind for kind in kinds if in_scope(request, kind.split(".")[0], "read")]
    return rows.filter(**{f"{column}__in": seen})


class PersonalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """List and read what is a person's own, the latest first."""

    filter_backends = ()
    ordering = "-pk"
    own_columns: Any = {}

    def orderings(self):
        return {"pk"}


# --- Saved views --------------------------------------------------------------------------------


class SavedViewSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(help_text="The kind of record, such as leads.lead")
    pinned = serializers.BooleanField(default=False, write_only=True)
    is_own = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = SavedView
        fields = ["id", "kind", "name", "query", "is_shared", "pinned", "is_own", "url"]
        validators = ()

    def get_is_own(self, view) -> bool:
        return view.user_id == self.context["request"].user.pk


class SavedViewChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = SavedView
        fields = ["name", "query", "is_shared"]


class PinSerializer(serializers.Serializer):
    pinned = serializers.BooleanField()


class SavedViewViewSet(mixins.DestroyModelMixin, PersonalViewSet):
    """One's own views and the shared ones. The same name for the same kind replaces a view."""

    queryset = SavedView.objects.all()
    serializer_class = SavedViewSerializer

    def get_queryset(self):
        rows = saved.views_for(self.request.user)
        scopes = getattr(self.request.auth, "scopes", None)
        if not scopes:
            return rows
        apps = [s.partition(":")[0] for s in scopes if s.endswith(":read")]
        return rows.filter(content_type__app_label__in=apps)

    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        pages = pages_for(request, data["kind"], "write")
        view = saved.save_view(
            pages.model,
            by=request.user,
            name=data["name"],
            query=data.get("query", ""),
            is_shared=data.get("is_shared", False),
            pin=data["pinned"],
        )
        return Response(self.get_serializer(view).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SavedViewChangeSerializer)
    def partial_update(self, request, pk=None):
        """Change one's own view."""
        view = self.get_object()
        self.check_scope(view)
        asked = SavedViewChangeSerializer(view, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        view = saved.edit_view(view, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(view).data)

    def perform_destroy(self, view):
        self.check_scope(view)
        saved.delete_view(view, by=self.request.user)

    @extend_schema(request=PinSerializer)
    @action(detail=True, methods=["post"])
    def pin(self, request, pk=None):
        view = self.get_object()
        self.check_scope(view)
        asked = PinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        saved.pin_view(view, by=request.user, pinned=asked.validated_data["pinned"])
        return Response(self.get_serializer(view).data)

    def check_scope(self, view):
        if not in_scope(self.request, view.content_type.app_label, "write"):
            raise PermissionDenied


# --- Work and verbs on many records -------------------------------------------------------------


class RowSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(source="place", help_text="The record, or the line of a file")

    class Meta:
        model = WorkRow
        fields = ["id", "label", "outcome", "message"]


class WorkSerializer(serializers.ModelSerializer):
    """`rows`: the first of those that were not done, once it has finished."""

    rows = serializers.SerializerMethodField()

    class Meta:
        model = Work
        fields = ["id", "kind", "label", "status", "total", "done", "result", "error", "rows"]

    @extend_schema_field(RowSerializer(many=True))
    def get_rows(self, work):
        if not self.context.get("detail") or not work.is_finished:
            return []
        rows = work.rows.exclude(outcome=WorkRow.Outcome.DONE)[:ROWS]
        return RowSerializer(rows, many=True).data


class WorkViewSet(PersonalViewSet):
    """One's own background work."""

    queryset = Work.objects.all()
    serializer_class = WorkSerializer

    def get_queryset(self):
        return reached(self.request.user.works.all(), self.request, "data__model")

    def get_serializer_context(self):
        return super().get_serializer_context() | {"detail": self.detail}


class BulkSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="The kind of record, such as leads.lead")
    verb = serializers.SlugField()
    ids = serializers.ListField(child=serializers.IntegerField(max_value=2**63 - 1), default=list)
    query = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="Instead of ids: all records of the list with these parameters",
    )
    data = serializers.DictField(default=dict, help_text="What the form of the verb asks")  # type: ignore[assignment] # a field


class BulkVerbView(APIView):
    """bulk/: run a verb on many records in the background; answers the work to be watched."""

    @extend_schema(request=BulkSerializer, responses={202: WorkSerializer})
    def post(self, request):
        asked = BulkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        pages, user = pages_for(request, given["kind"], "write"), request.user
        keys = bulk.chosen(
            pages, user, given["verb"], ticked=given["ids"], query=given.get("query")
        )
        data = QueryDict(urlencode(given["data"], doseq=True))
        form = bulk.form_for(pages, given["verb"], user, data)
        if form is not None and not form.is_valid():
            raise ValidationError(dict(form.errors))
        work = bulk.start_bulk(
            pages, given["verb"], keys, by=user, data=data, query=given.get("query")
        )
        return Response(WorkSerializer(work).data, status=status.HTTP_202_ACCEPTED)


personal = SimpleRouter()
personal.register("saved-views", SavedViewViewSet, basename="saved-views")
personal.register("work", WorkViewSet, basename="work")
