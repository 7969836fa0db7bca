"""What the lists of a kind can show, filter by and group by: the fields on its pages, and those
that the records it points to share."""

from dataclasses import dataclass, replace

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from crm.cells import Column
from crm.custom.fields import fields_of_each
from crm.custom.queries import OwnColumn, RelatedOwnColumn
from crm.models import CustomField

GROUPABLE = {"choice", "link", "bool", "date", "datetime"}
COMMON = ("created_at", "updated_at", "created_by")


@dataclass(frozen=True)
class Attribute:
    """A field by its path ("account__region"). type: text, number, date, datetime, choice, link
    or bool."""

    path: str
    label: str
    field: models.Field | None
    type: str
    own: OwnColumn | None = None
    # The rows in which it may be compared: where it is hidden, answers would tell what it says.
    rows_compared: models.Q | None = None
    # What is compared instead of the field: the annotation that its column shows.
    annotation: str = ""

    @property
    def lookup(self):
        """Its path in queries."""
        return self.own.path if self.own else self.annotation or self.path

    @property
    def choices(self):
        """[(value, label)] of a choice."""
        if self.own:
            return [(option, option) for option in self.own.field.options]
        return self.field.flatchoices

    @property
    def rows(self):
        """The records that a link may lead to."""
        model = get_user_model() if self.own else self.field.related_model
        return model._default_manager.all()

    @property
    def is_groupable(self):
        if self.own and self.own.field.kind == CustomField.Kind.CHOICES:
            return False  # a record would be in several groups
        return self.type in GROUPABLE or self.path.endswith("region")

    @property
    def is_by_month(self):
        """Whether its groups are months."""
        return self.type in ("date", "datetime")


def type_of(field):
    if field.is_relation:
        return "link"
    if isinstance(field, models.GeneratedField):
        field = field.output_field
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
    """{path: Attribute} of what `user` may use: a field that can be hidden from them only where
    it is not, in the model's `open_rows`."""
    model, links = pages.model, []
    hidden = model().hidden_from(user) if hasattr(model, "hidden_from") else set()
    # Who owns a record is not who owns its customer.
    direct = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    direct -= {get_user_model()}
    found = {}
    for name, annotation in _own_names(pages).items():
        field = _concrete(model, name)
        if field is None or not type_of(field):
            continue
        compared = model.open_rows if name in hidden else None
        if name in hidden and compared is None:
            continue
        label = str(field.verbose_name)
        found[name] = Attribute(
            name, label, field, type_of(field), rows_compared=compared, annotation=annotation
        )
        if field.is_relation and _shares(field.related_model, user):
            links.append(field)
            found.update(_shared(field, user, direct))
    own = fields_of_each([model, *(link.related_model for link in links)])
    for field in own[model]:
        column = OwnColumn(field)
        found[field.name] = Attribute(field.name, str(field), None, column.type, column)
    for link in links:
        for field in own[link.related_model]:
            column, path = RelatedOwnColumn(field, link, user), f"{link.name}__{field.name}"
            found[path] = Attribute(path, _label(link, field), None, column.type, column)
    return found


def retired_label(model, path):
    """What a field was called that is in use no more; the path itself where there was none."""
    *link, name, code = ("", *path.split("__"))[-3:]
    if f"{name}__" != CustomField.PREFIX:
        return path
    if link and link[0]:
        field = _concrete(model, link[0])
        model = field.related_model if field is not None and field.is_relation else None
    if model is None:
        return path
    kind = ContentType.objects.get_for_model(model)
    found = CustomField.objects.filter(content_type=kind, code=code, is_active=False).first()
    return str(found) if found else path


def _shares(model, user):
    """Whether lists of other kinds may show fields of this kind to `user`."""
    return hasattr(model, "shared_fields") and user.has_perm(model.permission("view"))


def _shared(link, user, direct, *, depth=2):
    """Attributes of the record a foreign key points to, which it lets others show, and of those
    that these point to, except such as the list's own records point to, `direct`."""
    found = {}
    for name in link.related_model.shared_fields:
        field = link.related_model._meta.get_field(name)
        if field.is_relation and field.related_model in direct:
            continue
        further = {name: Attribute(name, str(field.verbose_name), field, type_of(field))}
        if depth > 1 and field.is_relation and _shares(field.related_model, user):
            further |= _shared(field, user, direct, depth=depth - 1)
        for each in further.values():
            path = f"{link.name}__{each.path}"
            found[path] = replace(each, path=path, label=_label(link, each.label))
    return found


def _label(link, field):
    return _("%(record)s: %(field)s") % {"record": link.verbose_name, "field": field}


def _own_names(pages):
    """{name: the annotation that its column shows, or ""} on the list, the record page and the
    form, in that order."""
    specs = [*pages.columns, *(name for _label, names in pages.groups for name in names)]
    specs += pages.more_columns
    shown = [spec for spec in specs if isinstance(spec, Column) and spec.field != spec.name]
    names = [spec.field if isinstance(spec, Column) else spec for spec in specs]
    names += getattr(getattr(pages.form, "_meta", None), "fields", None) or ()
    return dict.fromkeys([*names, *COMMON], "") | {spec.field: spec.sort or "" for spec in shown}


def _concrete(model, name):
    found = {field.name: field for field in model._meta.concrete_fields}
    return found.get(name)


def own_column(path, attribute):
    own = attribute.own
    return Column(
        path,
        attribute.label,
        value=own.cell,
        raw=own.raw,
        sort="" if own.sort_key is None else path,
        numeric="money" if own.field.kind == CustomField.Kind.MONEY else own.is_number,
    )


def column_specs(pages, known):
    """{name: column} of the attributes `known` that a list can show: the declared ones first, then every other attribute."""
    found, shown = {}, set()
    for spec in (*pages.columns, *pages.more_columns):
        if isinstance(spec, Column):
            found[spec.name] = spec
            shown.add(spec.field)
        elif spec in known or spec in pages.columns:
            found[spec] = spec
    for path, attribute in known.items():
        if attribute.own:
            found[path] = own_column(path, attribute)
        elif path not in found and path not in shown:
            found[path] = Column(path, attribute.label) if "__" in path else path
    return found
