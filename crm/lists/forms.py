"""The bar above a list and its board: search, filters, and the conditions that a person builds."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm.forms import BLANK, CrmForm, prepare
from crm.lists import conditions
from crm.lists.attributes import retired_label
from crm.lists.conditions import GROUP

# Some browsers have a control for months, and others a line to type into.
MONTH = {"type": "month", "placeholder": "YYYY-MM"}
JOINS = (("and", gettext_lazy("and")), ("or", gettext_lazy("or")))


def filter_bar(filterset, request, list_url):
    """The context of crm/_filters.html for the rows of `filterset` (None: there is nothing to ask).

    The fields are drawn where some are filled in or `filters` is in the address; else they come
    when they are opened, for they are a third of the work of a page.
    """
    if filterset is None:
        return {"filter_form": None, "active_filters": 0, "wrong": ""}
    active = len(narrowing(filterset) - {"q"})
    begun = active or filterset.conditions
    are_shown = bool(begun) or "filters" in request.GET or are_asked(request)
    return {
        "filter_form": filterset.whole_form if are_shown else filterset.form,
        "active_filters": active,
        "filters_shown": are_shown,
        "conditions": condition_rows(filterset, request, list_url) if are_shown else [],
        "conditions_url": list_url,
        "wrong": filterset.wrong,
    }


def are_asked(request):
    """Whether only the fields of the filters are asked for, which have just been opened."""
    return bool(request.htmx) and request.htmx.target == "filter-fields"


def narrowing(filterset):
    """Names of the parameters that are set and narrow the rows; one name for each condition that
    is complete. filterset: None where there is nothing to ask."""
    if filterset is None:
        return set()
    data, known = filterset.data or {}, filterset.filters
    names = {name for name in data if any(data.getlist(name))}
    # A range has a parameter for each of its ends.
    found = {name for name in names if name in known or name.rpartition("_")[0] in known}
    return found | {f"w{c.number}" for c in filterset.conditions if c.is_complete}


def cleared(data):
    """The parameters of a list that say how it looks, without those that narrow it."""
    query = QueryDict(mutable=True)
    for name in data:
        is_look = name in ("o", "col", "group") or name.startswith("width_")
        if values := [value for value in data.getlist(name) if value and is_look]:
            query.setlist(name, values)
    return query.urlencode()


class ConditionForm(CrmForm):
    """One condition on rows of `model`: its number is part of the names."""

    def __init__(self, model, number, known, condition, **kwargs):
        super().__init__(**kwargs)
        self.number = number
        attribute = known.get(condition.path) if condition else None
        paths = [
            ("", BLANK),
            *((a.path, a.label[:1].upper() + a.label[1:]) for a in known.values()),
        ]
        if condition and attribute is None:  # such as a field that has been retired
            paths.append((condition.path, retired_label(model, condition.path)))
        if number != GROUP:
            self.add(
                "j",
                forms.ChoiceField(choices=JOINS, label=_("and/or")),
                "or" if condition and condition.begins_group else "and",
            )
        self.add(
            "",
            forms.ChoiceField(choices=paths, label=_("Field")),
            condition.path if condition else "",
        )
        if attribute is None:
            return
        operators = conditions.OPERATORS[attribute.type]
        operator = condition.operator or operators[0][0]
        self.add("o", forms.ChoiceField(choices=operators, label=_("Comparison")), operator)
        if operator not in conditions.WITHOUT_VALUE:
            values = [value for value in condition.values if value]
            field, many = value_field(attribute, operator, values)
            self.add("v", field, values if many else (values[0] if values else ""))

    def add(self, suffix, field, initial):
        field.required = False
        self.fields[f"w{self.number}{suffix}"] = field
        self.initial[f"w{self.number}{suffix}"] = initial
        prepare(field)
        if self.user:
            self.narrow(self.user)


def value_field(attribute, operator, values):
    """(form field of the values, whether there may be several). values: those that are chosen."""
    label = pgettext("filter", "Value")
    if attribute.type == "link":
        return forms.ModelMultipleChoiceField(attribute.rows, label=label), True
    if attribute.type == "choice":
        known = {str(value) for value, _words in attribute.choices}
        gone = [(value, value) for value in values if value not in known]
        return forms.MultipleChoiceField(choices=[*attribute.choices, *gone], label=label), True
    if operator in ("past", "coming"):
        return forms.IntegerField(min_value=0, max_value=3660, label=label), False
    if operator == "within":
        return forms.CharField(widget=forms.TextInput(attrs=MONTH), label=label), False
    if attribute.type in ("date", "datetime"):
        return forms.DateField(label=label), False
    if attribute.type == "number":
        return forms.DecimalField(label=label), False
    return forms.CharField(label=label), False


def condition_row(model, known, request, url, number):
    """What crm/_condition.html shows: {number, form fields, url}; the blank one has no operator."""
    found = [c for c in conditions.parse(request.GET) if c.number == number]
    return row(model, known, request.user, url, number, found[0] if found else None)


def row(model, known, user, url, number, condition):
    form = ConditionForm(model, number, known, condition, user=user)
    fields = {name.removeprefix(f"w{number}") or "path": form[name] for name in form.fields}
    return {"number": number, "url": f"{url}?condition={number}", **fields}


def condition_rows(filterset, request, url):
    """The conditions of the address, and a blank one to begin the next."""
    model, known = filterset._meta.model, filterset.attributes
    numbered = {c.number: c for c in filterset.conditions}
    numbered[next_number(request.GET)] = None
    numbered = dict(sorted(numbered.items()))  # that of a group last
    return [row(model, known, request.user, url, *pair) for pair in numbered.items()]


def next_number(data):
    """A number that no condition of the address has, be it written out or not."""
    numbers = [int(match[1]) for name in data if (match := conditions.NAME.fullmatch(name))]
    return max((number for number in numbers if number < GROUP), default=0) + 1
