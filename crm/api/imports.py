"""Imports over REST: a file, its columns, what would come of it, the run, and the way back.

The steps of the wizard (crm.imports.views) with its services, rights and questions.
"""

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from crm.api.permissions import in_scope
from crm.api.personal import PersonalViewSet, WorkSerializer, pages_for, reached
from crm.errors import WrongMoment
from crm.imports import matching, running
from crm.imports import undo as undoing
from crm.imports.fields import targets_of
from crm.imports.forms import MapForm
from crm.imports.importer import PERMISSION, importable, pages_of
from crm.models import Import

COLUMN = "column_"  # and its number: a field of MapForm


class ImportSerializer(serializers.ModelSerializer):
    """`counts`: rows by what became of them. `undo_refusal`: why it cannot be undone, or null.
    `check`, `run`, `undo`: the work to be watched, or null."""

    status = serializers.SerializerMethodField(help_text="Of the import; empty before it is run")
    check = serializers.IntegerField(source="check_run_id", read_only=True)
    run = serializers.IntegerField(source="run_id", read_only=True)
    undo = serializers.IntegerField(source="undo_run_id", read_only=True)
    counts = serializers.SerializerMethodField()
    undo_refusal = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            *("id", "kind", "name", "user", "total", "created_at", "headers", "mapping"),
            *("mode", "key", "dates", "amounts", "clears", "allows_duplicates"),
            *("check", "run", "undo", "status", "counts", "undo_refusal"),
        ]

    def get_status(self, found) -> str:
        return found.run.status if found.run else ""

    def get_counts(self, found) -> dict[str, int]:
        detail = self.context.get("detail") and found.run
        return running.counts(found.run) if detail else {}

    def get_undo_refusal(self, found) -> str | None:
        if not self.context.get("detail"):
            return None
        reason = undoing.refusal(found, self.context["request"].user)
        return None if reason is None else str(reason)


class UploadSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="The kind of record, such as leads.lead")
    file = serializers.FileField(help_text="CSV (UTF-8 or GB18030) or XLSX, headers in row 1")


class MapSerializer(serializers.Serializer):
    """What is not said stays as it is, at first as the headers suggest it."""

    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        help_text="{field: number of its column, from 0}; all the others are not imported",
    )
    mode = serializers.ChoiceField(Import.Mode.choices, required=False)
    key = serializers.CharField(
        required=False, allow_blank=True, help_text="The field that tells which record a row means"
    )
    dates = serializers.ChoiceField(Import.Dates.choices, required=False, allow_blank=True)
    amounts = serializers.ChoiceField(
        Import.Amounts.choices,
        required=False,
        help_text="The power of ten of amounts whose header does not say it",
    )
    clears = serializers.BooleanField(required=False)
    allows_duplicates = serializers.BooleanField(required=False)


class ImportFieldSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    required = serializers.BooleanField()  # type: ignore[assignment] # a field of the answer


class PreviewRowSerializer(serializers.Serializer):
    place = serializers.IntegerField(help_text="The line of the file")
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    verdict = serializers.ChoiceField([*running.VERDICTS])
    message = serializers.CharField()
    id = serializers.IntegerField(allow_null=True, help_text="The record that is there already")


class PreviewSerializer(serializers.Serializer):
    """`rows`: the first ones, and the first that cannot be imported as they are."""

    counts = serializers.DictField(child=serializers.IntegerField())
    rows = PreviewRowSerializer(many=True)


class ImportViewSet(PersonalViewSet):
    """One's own imports, or everybody's for whoever may undo them; going on with one is for whoever
    uploaded its file."""

    queryset = Import.objects.all()
    serializer_class = ImportSerializer

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied

    def get_queryset(self):
        rows = Import.objects.visible_to(self.request.user)
        return reached(rows.select_related("check_run", "run", "undo_run"), self.request, "kind")

    def get_serializer_context(self):
        return super().get_serializer_context() | {"detail": self.detail}

    def own(self, access="write"):
        found = self.get_object()
        if found.user_id != self.request.user.pk:
            raise Http404
        if pages_of(found.kind) not in importable(self.request.user):
            raise PermissionDenied
        if not in_scope(self.request, found.kind.split(".")[0], access):
            raise PermissionDenied
        return found

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses=ImportSerializer)
    def create(self, request):
        """Upload a file; the answer has its headers and the columns that suggest themselves."""
        asked = UploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        pages = pages_for(request, asked.validated_data["kind"], "write")
        if pages not in importable(request.user):
            raise PermissionDenied
        try:
            found = matching.receive(pages, asked.validated_data["file"], by=request.user)
        except forms.ValidationError as error:
            raise ValidationError({"file": error.messages}) from error
        self.detail = True
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ImportFieldSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def fields(self, request, pk=None):
        """The fields that columns of this file can fill."""
        found = self.own("read")
        targets = targets_of(pages_of(found.kind), request.user).values()
        return Response(ImportFieldSerializer(targets, many=True).data)

    @extend_schema(request=MapSerializer, responses={202: WorkSerializer})
    @action(detail=True, methods=["post"])
    def map(self, request, pk=None):
        """Say which column is which field, and check every row in the background."""
        found = self.own()
        asked = MapSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = _mapped(found, asked.validated_data, request.user)
        found = matching.remember(found, data.pop("mapping"), **data)
        return _accepted(running.start_check(found))

    @extend_schema(responses=PreviewSerializer)
    @action(detail=True, pagination_class=None)
    def preview(self, request, pk=None):
        """What would come of the rows; 409 until the check has finished."""
        result = _checked(self.own("read")).result
        shown = {row["place"] for row in result.get("rows", [])}
        later = [row for row in result.get("problems", []) if row["place"] not in shown]
        rows = [*result.get("rows", []), *later]
        preview = {"counts": result.get("counts", {}), "rows": rows}
        return Response(PreviewSerializer(preview).data)

    @extend_schema(request=None, responses={202: WorkSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request, pk=None):
        """Import the rows in the background, once the check has finished."""
        found = self.own()
        _checked(found)
        return _accepted(running.start_run(found))

    @extend_schema(request=None, responses={202: WorkSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request, pk=None):
        """Take back, in the background, what nobody has touched since."""
        found = self.get_object()
        if not in_scope(request, found.kind.split(".")[0], "write"):
            raise PermissionDenied
        return _accepted(undoing.start_undo(found, by=request.user))


def _accepted(work):
    return Response(WorkSerializer(work).data, status=status.HTTP_202_ACCEPTED)


def _checked(found):
    """The finished check of an import."""
    if found.check_run is None or found.check_run.status != "done":
        raise WrongMoment(_("The file has not been checked yet."))
    return found.check_run


def _mapped(found, asked, user):
    """What the form of the wizard makes of the answers. Raises ValidationError by their names."""
    mapping = asked.pop("mapping", found.mapping)
    if wrong := [name for name, column in mapping.items() if column >= len(found.headers)]:
        raise ValidationError(
            {"mapping": {name: [_("There is no such column.")] for name in wrong}}
        )
    columns = {column: name for name, column in mapping.items()}
    if doubled := [name for name, column in mapping.items() if columns[column] != name]:
        told = _("Its column is another field already.")
        raise ValidationError({"mapping": {name: [told] for name in doubled}})
    form = MapForm(imported=found, pages=pages_of(found.kind), user=user)
    data = {name: form.initial.get(name) for name in form.fields if not name.startswith(COLUMN)}
    data |= {f"{COLUMN}{column}": name for column, name in columns.items()}
    form = MapForm(data | asked, imported=found, pages=pages_of(found.kind), user=user)
    if not form.is_valid():
        raise ValidationError(_named(form.errors, columns))
    return dict(form.cleaned_data)


def _named(errors, columns):
    """The errors of the form with those of columns under the fields they were to be."""
    found = {name: texts for name, texts in errors.items() if not name.startswith(COLUMN)}
    of_columns = {
        columns[int(name.removeprefix(COLUMN))]: texts
        for name, texts in errors.items()
        if name.startswith(COLUMN)
    }
    return found | ({"mapping": of_columns} if of_columns else {})
