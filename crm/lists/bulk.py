"""One verb on many records: on those ticked, or on all that the list shows.

A worker runs the very service of the button for each row, in a transaction of its own, with the
rights of the person; what is refused is reported with its sentence.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import work as works
from crm.cells import labelled
from crm.errors import DomainError, WrongMoment
from crm.lists.reader import Reader
from crm.models import WorkRow
from crm.pages import Pages
from crm.views import Page

MOST = 10_000


def verbs_of(pages, user):
    """[(name, label)] of the verbs that this person may run on several records at once.

    Those without a form, and those whose form asks the same of every record (`bulk = True`).
    """
    return [
        (name, str(verb.label))
        for name, verb in (pages.verbs or {}).items()
        if (verb.form is None or getattr(verb.form_class(), "bulk", False))
        if not verb.permission or user.has_perm(verb.permission)
    ]


def chosen(pages, user, verb, *, ticked=(), query=None):
    """Primary keys of the records that `verb` is to run on: the ticked ones, or whatever the list
    of the address `query` shows.

    Raises Http404 for a verb that is not for `user`, DomainError for none or too many records.
    """
    from crm.lists.pages import State

    if verb not in dict(verbs_of(pages, user)):
        raise Http404
    if query is not None:
        rows = State(pages, Reader(user, query)).rows
    else:
        rows = pages.queryset(user).filter(pk__in=ticked)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        sentence = _("At most %(most)s records can be changed at once. Narrow the list first.")
        raise DomainError(sentence % {"most": f"{MOST:,}"})
    if not keys:
        raise WrongMoment(_("Choose at least one record."))
    return keys


def form_for(pages, verb, user, data=None, initial=None):
    """The verb's form, filled in once for all records; None for a verb without."""
    spec = pages.verbs[verb]
    return spec.form_class()(data, user=user, initial=initial) if spec.form else None


def start_bulk(pages, verb, keys, *, by, data, query=None):
    """Have a worker run `verb` on the records `keys` with the form's `data`; return the Work.

    query: the address of the list whose rows they all were; those that no longer are when it is
    their turn are left out.
    """
    return works.start(
        "bulk",
        by=by,
        label=labelled(capfirst(pages.plural()), pages.verbs[verb].label),
        total=len(keys),
        model=pages.model._meta.label_lower,
        verb=verb,
        keys=keys,
        data=data.urlencode(),
        within=query,
    )


def is_key(text):
    return text.isdecimal() and len(text) < 20 and int(text) < 2**63


class BulkView(Page):
    """<plural>/bulk/: GET asks, with the verb's form; POST has a worker do it."""

    def get(self, request):
        return self.ask(request.GET)

    def post(self, request):
        verb, keys = self.chosen(request.POST)
        form = form_for(self.pages, verb, request.user, request.POST)
        everything, asked = request.POST.get("all"), request.POST.get("count", "")
        has_changed = bool(everything and asked) and asked != str(len(keys))
        if has_changed or (form is not None and not form.is_valid()):
            return self.ask(request.POST, form, status=422, has_changed=has_changed)
        query = request.POST.get("query", "") if everything else None
        work = start_bulk(self.pages, verb, keys, by=request.user, data=request.POST, query=query)
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": work.get_absolute_url()})
        return HttpResponseRedirect(work.get_absolute_url())

    def chosen(self, data):
        """(verb, primary keys): the ticked ones, or with `all` whatever the list shows."""
        verb, ticked = data.get("verb", ""), [int(pk) for pk in data.getlist("pk") if is_key(pk)]
        query = data.get("query", "") if data.get("all") else None
        return verb, chosen(self.pages, self.request.user, verb, ticked=ticked, query=query)

    def ask(self, data, form=None, status=200, has_changed=False):
        verb, keys = self.chosen(data)
        first = self.request.GET.dict()
        label = self.pages.verbs[verb].label
        question = ngettext(
            "%(verb)s: %(count)s record.", "%(verb)s: %(count)s records.", len(keys)
        )
        context = {
            "question": question % {"verb": label, "count": f"{len(keys):,}"},
            "verb": verb,
            "label": label,
            "form": form or form_for(self.pages, verb, self.request.user, None, first),
            "everything": data.get("all", ""),
            "query": data.get("query", ""),
            "keys": () if data.get("all") else keys,
            "count": len(keys),
            "has_changed": has_changed,
            "bulk_url": self.url("bulk"),
            "list_url": self.url("list"),
        }
        template = "crm/_bulk.html" if self.request.htmx else "crm/bulk.html"
        return render(self.request, template, context, status=status)


@works.kind("bulk")
def run(work):
    """Run the verb on each record that the person still sees and that the list still shows."""
    from crm.lists.pages import State

    facts = work.data
    pages = Pages.of(facts["model"])
    spec, posted = pages.verbs[facts["verb"]], QueryDict(facts["data"])
    query = facts.get("within")
    listed = None if query is None else State(pages, Reader(work.user, query)).rows

    def act(pk):
        obj = pages.queryset(work.user).filter(pk=pk).first()
        if obj is None:
            return "", WorkRow.Outcome.SKIPPED, _("It is no longer there.")
        if listed is not None and not listed.filter(pk=pk).exists():
            return str(obj), WorkRow.Outcome.SKIPPED, _("The list does not show it any more.")
        try:
            run_verb(pages, spec, facts["verb"], obj, posted, work.user)
        except (DomainError, PermissionDenied, ValidationError) as error:
            error.row_label = str(obj)
            raise
        return str(obj), WorkRow.Outcome.DONE, ""

    works.each_row(work, facts["keys"], act)


def list_of(work):
    """(name, address) of the list that a verb on many was started from."""
    pages = Pages.of(work.data["model"])
    query = QueryDict(work.data["data"]).get("query", "")
    url = reverse(pages.route("list"))
    return capfirst(pages.plural()), f"{url}?{query}" if query else url


def record_url(work, row):
    """Where the record of one row is, "" if it is no longer there."""
    if not row.label:
        return ""
    return reverse(Pages.of(work.data["model"]).route("detail"), args=[row.place])


def run_verb(pages, spec, name, obj, posted, user):
    """What the button does: right, moment, form, service."""
    if spec.permission and not user.may(spec.permission, obj):
        raise PermissionDenied(_("You do not have the right to do this."))
    if reason := pages.verbs.refusal(obj, name):
        raise WrongMoment(str(reason))
    data = {}
    if spec.form is not None:
        form = spec.form_class()(posted, user=user, obj=obj)
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        data = form.cleaned_data
    return spec.run(obj, by=user, **data)
