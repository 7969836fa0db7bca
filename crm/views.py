"""The base pages of the HTML door. They know the steps; a Pages declaration names the things."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.generic import View

from crm import lifecycle
from crm.cells import columns_of
from crm.custom.fields import entered
from crm.errors import StaleVersion, WrongMoment
from crm.models import successor
from crm.record import record_context
from crm.search.recent import remember


class Page(View):
    """What all base pages share: the declaration, the right to be here, the visible rows."""

    pages: Any = None
    permission = "view"

    def dispatch(self, request, *args, **kwargs):
        if not self.pages.may(request.user, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_object(self, pk):
        """The record, or 404 when it does not exist for this person."""
        return get_object_or_404(self.pages.queryset(self.request.user), pk=pk)

    def url(self, name, *args):
        return reverse(self.pages.route(name), args=args)

    def list_url(self):
        """The list, or the first page of who may not see it."""
        return self.url("list") if self.pages.may(self.request.user, "view") else reverse("home")

    def url_after(self, obj):
        """Where somebody goes on after what has become of `obj`: whoever may make or change a
        record need not be one of those who see it then."""
        seen = type(obj).objects.visible_to(self.request.user).filter(pk=obj.pk)
        return obj.get_absolute_url() if seen.exists() else self.list_url()

    def create_url(self):
        pages = self.pages
        if pages.form and pages.create and pages.may(self.request.user, "add"):
            return self.url("create")
        return ""


class DetailPage(Page):
    """<pk>/: the record with what can be done with it."""

    template = "crm/detail.html"

    def get(self, request, pk):
        try:
            obj = self.get_object(pk)
        except Http404:
            heir = successor(self.pages.model, pk, request.user)
            if heir is None:
                raise
            # 302: the merge can be undone, and browsers keep a permanent redirect for good.
            return HttpResponseRedirect(heir.get_absolute_url())
        remember(request.user, obj)
        return render(request, self.template, record_context(self.pages, obj, request))


class FormPage(Page):
    """new/ and <pk>/edit/: shape is checked here, everything else by the service."""

    template = "crm/form.html"

    @property
    def permission(self):
        return "change" if "pk" in self.kwargs else "add"

    def get(self, request, pk=None):
        obj, form, formset = self.forms(pk)
        if part_of(request):
            return scope_part(request, form)
        return self.answer(obj, form, formset)

    def post(self, request, pk=None):
        obj, form, formset = self.forms(pk)
        valid = form.is_valid()
        if formset is not None:
            valid = formset.is_valid() and valid
        if not valid:
            return self.answer(obj, form, formset, status=422)
        try:
            saved = self.save(obj, form, formset)
        except ValidationError as error:
            form.add_error(None, error)
            return self.answer(obj, form, formset, status=422)
        except StaleVersion as error:
            conflict = self.conflict(error.theirs, form)
            form.rebase(error.theirs.version)
            return self.answer(error.theirs, form, formset, conflict=conflict, status=409)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(self.url_after(saved))

    def forms(self, pk):
        pages, request = self.pages, self.request
        obj = self.get_object(pk) if pk else None
        # What one may see is not always what one may change.
        if obj is not None and not request.user.may(obj.permission("change"), obj):
            raise PermissionDenied
        if obj is not None and not lifecycle.editable(obj):
            raise WrongMoment(
                _("%(record)s can no longer be edited: it is %(state)s.")
                % {"record": obj, "state": lifecycle.state_label(obj)}
            )
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        initial = {**pages.initial(request), **asked(request)} if obj is None else None
        if part_of(request):
            initial = {**(initial or {}), **asked(request)}
        # The form edits an instance of its own: services change a freshly locked one.
        form = pages.form(
            *data, instance=self.get_object(pk) if pk else None, initial=initial, user=request.user
        )
        formset = None
        if pages.lines:
            formset = pages.lines(
                *data,
                instance=obj or pages.model(),
                queryset=None if obj is None else pages.lines_of(obj),
                form_kwargs={"user": request.user},
            )
        return obj, form, formset

    def save(self, obj, form, formset):
        data = dict(form.cleaned_data)
        version = data.pop("version", None)
        if formset is not None:
            data["lines"] = [
                {
                    k: v
                    for k, v in line.cleaned_data.items()
                    if k not in ("id", "DELETE", formset.fk.name)
                }
                for line in formset.forms
                if line.has_changed() or line.instance.pk
                if line.cleaned_data and not line.cleaned_data.get("DELETE")
            ]
        if obj is None:
            return self.pages.create(by=self.request.user, **data)
        return self.pages.edit(obj, by=self.request.user, version=version, **data)

    def conflict(self, theirs, form):
        columns = {
            c.name: c for c in columns_of(self.pages.model, form.fields.keys() - {"version"})
        }
        mine = form.instance
        rows = []
        for name in form.fields:
            if name == "version" or name not in columns:
                continue
            ours, others = columns[name].cell(mine).text, columns[name].cell(theirs).text
            if ours != others:
                rows.append({"label": form.fields[name].label, "mine": ours, "theirs": others})
        return rows

    def answer(self, obj, form, formset, conflict=None, status=200):
        pages = self.pages
        context = {
            "title": _("Edit %(record)s") % {"record": obj} if obj else pages.new_label(),
            "form": form,
            "formset": formset,
            "object": obj,
            "cancel_url": obj.get_absolute_url() if obj else self.list_url(),
            "submit_label": _("Save") if obj else _("Create"),
            "conflict": conflict,
        }
        return render(self.request, self.template, context, status=status)


def asked(request):
    """What the address fills a form in with."""
    return {**request.GET.dict(), **entered(request.GET)}


def part_of(request):
    """Whether only those fields are asked for that depend on a choice in the form, because that
    choice has changed."""
    return request.GET.get("part") == "scope"


def scope_part(request, form):
    return render(request, "crm/forms/scope.html", {"form": form})


class VerbView(Page):
    """<pk>/<verb>/: GET shows the verb's form; POST runs it and answers the fresh record."""

    def get(self, request, pk, verb):
        obj, spec = self.find(pk, verb)
        if spec.form is None:
            return HttpResponseRedirect(obj.get_absolute_url())
        if reason := self.pages.verbs.refusal(obj, verb):
            raise WrongMoment(str(reason))
        form = spec.form_class()(initial=asked(request), user=request.user, obj=obj)
        if part_of(request):
            return scope_part(request, form)
        return self.ask(obj, verb, form)

    def post(self, request, pk, verb):
        obj, spec = self.find(pk, verb)
        # Nobody fills in a form for what is not possible now; the service decides under lock.
        if reason := self.pages.verbs.refusal(obj, verb):
            raise WrongMoment(str(reason))
        data, form = {}, None
        if spec.form is not None:
            form = spec.form_class()(request.POST, request.FILES, user=request.user, obj=obj)
            if not form.is_valid():
                return self.ask(obj, verb, form, status=422)
            data = form.cleaned_data
        try:
            result = spec.run(obj, by=request.user, **data)
        except ValidationError as error:
            if form is None:
                raise WrongMoment(" ".join(error.messages)) from error
            form.add_error(None, error)
            return self.ask(obj, verb, form, status=422)
        return self.done(obj, result)

    def find(self, pk, verb):
        obj = self.get_object(pk)
        if not self.pages.verbs or verb not in self.pages.verbs:
            raise Http404
        spec = self.pages.verbs[verb]
        if spec.permission and not self.request.user.may(spec.permission, obj):
            raise PermissionDenied
        return obj, spec

    def done(self, obj, result):
        """The fresh record where it was, or the document that came of the verb."""
        result = result if result is not None else obj
        elsewhere = type(result) is not type(obj) or result.pk != obj.pk
        fresh = self.pages.queryset(self.request.user).filter(pk=obj.pk).first()
        if elsewhere or fresh is None:
            if self.request.htmx and self.request.headers.get("X-Stay"):
                return self.stay(result if elsewhere else None)
            url = self.url_after(result) if elsewhere else self.list_url()
            if self.request.htmx:
                return HttpResponse(headers={"HX-Redirect": url})
            return HttpResponseRedirect(url)
        if not self.request.htmx:
            return HttpResponseRedirect(fresh.get_absolute_url())
        context = record_context(self.pages, fresh, self.request)
        answer = render(self.request, "crm/_detail.html", context)
        answer["HX-Retarget"], answer["HX-Reswap"], answer["HX-Trigger"] = (
            "#record",
            "outerHTML",
            "dialog:close",
        )
        return answer

    def stay(self, made):
        """For pages that bring themselves up to date: nothing to show but what has been made."""
        if made is None:
            return HttpResponse(status=204, headers={"HX-Trigger": "dialog:close"})
        answer = render(self.request, "crm/_made.html", {"made": made})
        answer["HX-Retarget"], answer["HX-Trigger"] = "#toasts", "dialog:close"
        return answer

    def ask(self, obj, verb, form, status=200):
        spec = self.pages.verbs[verb]
        context = {
            "object": obj,
            "form": form,
            "groups": self.pages.verb_facts(obj, verb, self.request.user),
            "verb": {
                "label": spec.label,
                "name": verb,
                "style": spec.style,
                "url": reverse(self.pages.route("verb"), args=[obj.pk, verb]),
            },
        }
        template = "crm/_verb_form.html" if self.request.htmx else "crm/verb_form.html"
        return render(self.request, template, context, status=status)


def table_panel(model, permission):
    """Make `(record, user) -> crm.cells.table` a panel on the page of a visible `model` record."""

    def decorate(make):
        @require_GET
        @wraps(make)
        def view(request, pk):
            if not request.user.has_perm(permission):
                raise PermissionDenied
            record = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
            return render(request, "crm/_table.html", {"table": make(record, request.user)})

        return view

    return decorate
