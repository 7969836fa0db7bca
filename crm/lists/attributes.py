"""What the lists of a kind can show, filter by and group by: the fields on its pages, and those
that the records it points to share."""

from dataclasses import dataclass
from functools import partial

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from crm.cells import Column
from crm.custom.fields import cell, fields_of, is_number, is_sortable, raw
from crm.custom.fields import type_of as type_of_own
from crm.models import CustomField

COMMON = ("created_at", "updated_at", "created_by")


@dataclass(frozen=True)
class Attribute:
    """A field by its path ("account__region"). type: text, number, date, datetime, choice, link
    or bool."""

    path: str
    label: str
    field: models.Field | None
    type: str
    own: CustomField | None = None

    @property
    def choices(self):
        """[(value, label)] of a choice."""
        if self.own:
            return [(option, option) for option in self.own.options]
        return self.field.flatchoices

    @property
    def rows(self):
        """The records that a link may lead to."""
        model = get_user_model() if self.own else self.field.related_model
        return model._default_manager.all()

    @property
    def is_groupable(self):
        if self.own and self.own.kind == CustomField.Kind.CHOICES:
            return False  # a record would be in several groups
        return self.type in ("choice", "link", "bool") or self.path.endswith("region")


def type_of(field):
    if field.is_relation:
        return "link"
    if field.choices:
        return "choice"
    for kind, name in (
        (models.BooleanField, "bool"),
        (models.DateTimeField, "datetime"),
        (models.DateField, "date"),
        (models.DecimalField | models.IntegerField, "number"),
        (models.CharField | models.TextField, "text"),
    ):
        if isinstance(field, kind):
            return name
    return ""


def attributes(pages, user):
    """{path: Attribute} of what `user` may use: never a field that can be hidden from them."""
    model = pages.model
    hidden = model().hidden_from(user) if hasattr(model, "hidden_from") else set()
    found = {}
    for name in _own_names(pages):
        field = _concrete(model, name)
        if field is None or name in hidden or not type_of(field):
            continue
        found[name] = Attribute(name, str(field.verbose_name), field, type_of(field))
        if field.is_relation:
            found.update(_shared(field, user))
    for own in fields_of(model):
        found[own.name] = Attribute(own.name, str(own), None, type_of_own(own), own)
    return found


def _shared(link, user):
    """Attributes of the record a foreign key points to, which it lets others show."""
    other = link.related_model
    may = getattr(other, "permission", None) and user.has_perm(other.permission("view"))
    found = {}
    for name in getattr(other, "shared_fields", ()) if may else ():
        field, path = other._meta.get_field(name), f"{link.name}__{name}"
        label = _("%(record)s: %(field)s") % {
            "record": link.verbose_name,
            "field": field.verbose_name,
        }
        found[path] = Attribute(path, label, field, type_of(field))
    return found


def _own_names(pages):
    """Names on the list, the record page and the form, each once, in that order."""
    specs = [*pages.columns, *(name for _label, names in pages.groups for name in names)]
    names = [spec.name if isinstance(spec, Column) else spec for spec in specs]
    names += getattr(getattr(pages.form, "_meta", None), "fields", None) or ()
    return dict.fromkeys([*names, *COMMON])


def _concrete(model, name):
    found = {field.name: field for field in model._meta.concrete_fields}
    return found.get(name)


def own_column(path, attribute):
    field = attribute.own
    return Column(
        path,
        attribute.label,
        value=partial(cell, field),
        raw=partial(raw, field),
        sort=path if is_sortable(field) else "",
        numeric="money" if field.kind == CustomField.Kind.MONEY else is_number(field),
    )


def column_specs(pages, known):
    """{name: column} of the attributes `known` that a list can show: the declared ones first, then every other attribute."""
    found = {}
    for spec in pages.columns:
        found[spec.name if isinstance(spec, Column) else spec] = spec
    for spec in pages.more_columns:
        found[spec.name] = spec
    for path, attribute in known.items():
        if attribute.own:
            found[path] = own_column(path, attribute)
        elif path not in found:
            found[path] = Column(path, attribute.label) if "__" in path else path
    return found
