"""One field of a record, changed where it is read."""

import hashlib

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from crm.errors import DomainError, StaleVersion
from crm.record import editable_fields, facts_context, kind_of
from crm.views import FormPage


class FieldPage(FormPage):
    """<pk>/field/<field>/: the form of the record, reduced to one field; no second declaration."""

    permission = "change"

    def get(self, request, pk, field):
        obj, form = self.form_of(pk, field)
        return self.ask(obj, form)

    def post(self, request, pk, field):
        obj, form = self.form_of(pk, field)
        if not form.is_valid():
            return self.ask(obj, form, status=422)
        try:
            saved = self.write(obj, form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.ask(obj, form, status=422)
        except StaleVersion as error:
            conflict = self.conflict(error.theirs, form)
            form.rebase(error.theirs.version)
            return self.ask(error.theirs, form, conflict=conflict, status=409)
        except DomainError as error:
            if not form.asks_about(error):
                raise
            return self.ask(obj, form, status=409)
        return self.done(saved, field)

    def form_of(self, pk, name):
        obj, form, _lines = self.forms(pk)
        if name not in editable_fields(self.pages, obj, self.request.user):
            raise Http404
        kept = (name, "version", *form.asks)
        form.fields = {key: form.fields[key] for key in kept if key in form.fields}
        self.name = name
        return obj, form

    def write(self, obj, form):
        """Save; that somebody has changed another field meanwhile is no conflict."""
        try:
            return self.save(obj, form, None)
        except StaleVersion as error:
            if self.request.POST.get("base") != self.fingerprint(error.theirs):
                raise
            form.cleaned_data["version"] = error.theirs.version
            return self.save(obj, form, None)

    def fingerprint(self, obj):
        """What stands for the value of the field, to tell whether it has changed."""
        value = self.pages.form(instance=obj, user=self.request.user).initial.get(self.name)
        return hashlib.sha256(repr(value).encode()).hexdigest()[:16]

    def done(self, saved, field):
        """The fresh facts and head, for one change may have led to others."""
        fresh = self.pages.queryset(self.request.user).filter(pk=saved.pk).first()
        if fresh is None or not self.request.htmx:
            return HttpResponseRedirect(fresh.get_absolute_url() if fresh else self.list_url())
        context = facts_context(self.pages, fresh, self.request.user)
        answer = render(self.request, "crm/_field_saved.html", context)
        answer["HX-Trigger-After-Settle"] = "record:changed"
        return answer

    def ask(self, obj, form, conflict=None, status=200):
        context = {
            "object": obj,
            "form": form,
            "field": form[self.name],
            "questions": [form[name] for name in form.asks if not form[name].is_hidden],
            "base": self.fingerprint(obj),
            "conflict": conflict,
            "field_url": self.url("field", obj.pk, self.name),
            "history_url": f"{reverse('crm:history', args=kind_of(obj))}?field={self.name}",
        }
        template = "crm/_field_form.html" if self.request.htmx else "crm/field_form.html"
        answer = render(self.request, template, context, status=status)
        if status != 200:
            # A refused value is asked for again where it was typed.
            answer["HX-Retarget"], answer["HX-Reswap"] = f"#edit-{self.name}", "innerHTML"
        return answer
