"""The JSON door of one record kind, as a declaration: the twin of the HTML door's Pages."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.api.errors import PreconditionFailed
from crm.custom import fields as custom
from crm.custom.queries import OwnColumn
from crm.errors import Merged, StaleVersion, WrongMoment
from crm.models import successor
from crm.papers import doors, paper_of
from crm.verbs import Verbs


class CrmViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """List and read `model`; create and edit through services; POST <pk>/<verb>/ for each verb;
    GET <pk>/pdf/ for kinds that are printed.

    create, edit: services as in Pages; without them the methods do not exist (405).
    related: names for select_related and prefetch_related, so that a page costs no query per row.
    """

    model: Any = None
    verbs: Any = None
    create_service: Any = None
    edit_service: Any = None
    related: tuple = ()
    prefetched: tuple = ()
    ordering: Any = "-pk"
    verb: str | None = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.model is None:
            return
        if cls.verbs is None:
            cls.verbs = Verbs(cls.model)
        cls.queryset = cls.model.objects.all()
        methods = (
            ["get", "head", "options", "post"]
            if cls.create_service or cls.verbs
            else ["get", "head", "options"]
        )
        cls.http_method_names = [*methods, "patch"] if cls.edit_service else methods
        if cls.create_service:
            cls.create = _create
        if cls.edit_service:
            cls.partial_update = _partial_update
        for name in cls.verbs:
            setattr(cls, f"verb_{name}", _verb_action(name))
        if paper_of(cls.model):
            cls.pdf = doors.pdf

    def is_verb(self):
        return self.verb is not None

    def get_queryset(self):
        rows = self.model.objects.visible_to(self.request.user)
        if self.related:
            rows = rows.select_related(*self.related)
        if self.prefetched:
            rows = rows.prefetch_related(*self.prefetched)
        return rows

    def get_object(self):
        try:
            return super().get_object()
        except Http404:
            pk = self.kwargs["pk"]
            if heir := successor(self.model, pk, self.request.user):
                url = reverse(f"api:{self.basename}-detail", args=[heir.pk])
                raise Merged(heir, self.request.build_absolute_uri(url)) from None
            raise

    def orderings(self):
        """Fields by which lists can be ordered: the plain columns that the person is shown.

        A cursor holds the value of the last row: to order by a field is to read it.
        """
        shown = {field.source for field in self.get_serializer().fields.values()}
        columns = {f.name for f in self.model._meta.concrete_fields if not f.is_relation}
        own = {name for name, column in self.own_columns.items() if column.sort_key is not None}
        return columns & shown - {"custom"} | own | {"pk", self.ordering.lstrip("-")}

    @cached_property
    def own_columns(self):
        return {field.name: OwnColumn(field) for field in custom.fields_of(self.model)}

    def represent(self, obj):
        data = self.get_serializer(obj).data
        if self.verbs:
            data["available_verbs"] = [
                {
                    "name": verb.name,
                    "label": verb.label,
                    "allowed": verb.allowed,
                    "reason": verb.reason,
                }
                for verb in self.verbs.bound(obj, self.request.user)
            ]
        return data

    def respond(self, obj, status=status.HTTP_200_OK):
        headers = {"ETag": f'"{obj.version}"'} if hasattr(obj, "version") else None
        return Response(self.represent(obj), status=status, headers=headers)

    def retrieve(self, request, *args, **kwargs):
        return self.respond(self.get_object())

    def fresh(self, obj):
        """The record as the person sees it after a write."""
        return self.get_queryset().filter(pk=obj.pk).first() or obj

    def if_match(self):
        """The version the client started from, from If-Match; None when it does not say."""
        header = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if header in ("", "*"):
            return None
        if not header.isdecimal():
            raise PreconditionFailed
        return int(header)


def _create(self, request, *args, **kwargs):
    serializer = self.get_serializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    obj = type(self).create_service(by=request.user, **serializer.validated_data)
    return self.respond(self.fresh(obj), status=status.HTTP_201_CREATED)


def _partial_update(self, request, *args, **kwargs):
    obj = self.get_object()
    serializer = self.get_serializer(obj, data=request.data, partial=True)
    serializer.is_valid(raise_exception=True)
    version = self.if_match()
    try:
        saved = type(self).edit_service(
            obj, by=request.user, version=version, **serializer.validated_data
        )
    except StaleVersion as error:
        raise PreconditionFailed from error
    return self.respond(self.fresh(saved))


def cleaned(form_class, request, obj):
    """What the form of a verb makes of the body; own fields come by their codes in `custom`.

    Raises ValidationError with the errors of each field.
    """
    own = request.data.get("custom") if getattr(form_class, "asks_own_fields", False) else None
    if not isinstance(own, dict):
        own = {}
    prefix = custom.CustomField.PREFIX
    named = {f"{prefix}{code}": custom.initial(None, value) for code, value in own.items()}
    data = {**request.data, **named} if named else request.data
    form = form_class(data, request.FILES, user=request.user, obj=obj)
    if unknown := named.keys() - form.fields.keys():
        no_field = [_("No such field.")]
        raise ValidationError({"custom": {n.removeprefix(prefix): no_field for n in unknown}})
    if not form.is_valid():
        errors = dict(form.errors)
        if wrong := {n: errors.pop(n) for n in form.errors if n.startswith(prefix)}:
            errors["custom"] = {n.removeprefix(prefix): texts for n, texts in wrong.items()}
        raise ValidationError(errors)
    return form.cleaned_data


def _verb_action(name):
    def run(self, request, *args, **kwargs):
        self.verb = name
        obj, verb, data = self.get_object(), self.verbs[name], {}
        version = self.if_match()
        if version is not None and version != getattr(obj, "version", version):
            raise PreconditionFailed
        if verb.permission and not request.user.may(verb.permission, obj):
            self.permission_denied(request)
        if reason := self.verbs.refusal(obj, name):
            raise WrongMoment(str(reason))
        if verb.form is not None:
            data = cleaned(verb.form_class(), request, obj)
        result = verb.run(obj, by=request.user, **data)
        if result is not None and type(result) is not type(obj):
            made = {"kind": result._meta.label_lower, "id": result.pk, "label": str(result)}
            answer = self.respond(self.fresh(obj))
            answer.data["result"] = made
            return answer
        return self.respond(self.fresh(result if result is not None else obj))

    run.__name__ = f"verb_{name}"
    run.__doc__ = None
    # `verb` as an attribute of the view tells permissions and schema which verb is meant.
    return action(
        detail=True, methods=["post"], url_path=name, url_name=name.replace("_", "-"), verb=name
    )(run)
