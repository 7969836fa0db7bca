"""The settings page of the company's own fields."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.cells import Cell, Column, labelled
from crm.custom import services, usage
from crm.filters import CrmFilter
from crm.forms import BLANK, CrmForm, CrmModelForm
from crm.models import CustomField
from crm.pages import Pages
from crm.verbs import ABSENT, Verb, Verbs


class CustomFieldFilter(CrmFilter):
    class Meta:
        model = CustomField
        fields = {"content_type": ["exact"], "is_active": ["exact"]}


DOCUMENT = Column(
    "document", value=lambda field: capfirst(field.content_type.name), label=_("document")
)
REQUIRED_FROM = Column(
    "required_from", value=lambda field: field.required_from_label, sort="required_from"
)


class RetireForm(CrmForm):
    """Asks again where the field is in use."""

    anyway = forms.BooleanField(label=_("Retire it all the same"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        used = usage.sentence(self.obj) if self.obj is not None else ""
        if used:
            kept = _("What it holds is kept, and shown again once the field is taken up again.")
            self.fields["anyway"].help_text = kept if self.is_bound else f"{used} {kept}"
        elif self.obj is not None:
            self.fields["anyway"].widget = forms.HiddenInput()


class RenameChoiceForm(CrmForm):
    old = forms.ChoiceField(label=_("Choice"))
    new = forms.CharField(
        label=_("New words"),
        max_length=200,
        help_text=_(
            "It is renamed in all records and saved views. The words of another choice "
            "make the two one."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            known = usage.counts(self.obj)
            self.fields["old"].choices = [(option, option) for option in known]


class CustomFieldForm(CrmModelForm):
    """States are asked for together with their document, for many have states of one name."""

    required_from = forms.ChoiceField(label=_("required from this state on"), required=False)
    scope_id = forms.TypedChoiceField(
        label=_("only for"), required=False, coerce=int, empty_value=None
    )
    groups = (
        ("", ("content_type", "kind", "choices", "label", "label_en", "label_hant", "code")),
        (_("When it has to be filled in"), ("is_required", "required_from", "scope_id")),
        ("", ("position",)),
    )

    class Meta:
        model = CustomField
        fields = [
            "content_type",
            "code",
            "kind",
            "label",
            "label_en",
            "label_hant",
            "choices",
            "is_required",
            "required_from",
            "scope_id",
            "position",
        ]
        help_texts = {
            "code": _("Its name in files and over REST. It cannot be changed later."),
            "choices": _(
                "Only for fields with choices. What is taken away here stays where it was chosen; "
                "other words for a choice are given by renaming it."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = services.kinds()
        self.fields["required_from"].choices = [("", BLANK), *self.states(kinds)]
        if self.instance.required_from:
            key = f"{self.instance.content_type_id}:{self.instance.required_from}"
            self.initial["required_from"] = key
        self.fields["content_type"].queryset = kinds
        self.fields["content_type"].label_from_instance = lambda kind: str(kind.name).capitalize()
        self.fields["scope_id"].choices = [("", _("all of them")), *services.scopes()]
        self.initial["scope_id"] = self.instance.scope_id
        if self.instance.pk:
            for name in ("content_type", "code", "kind"):
                self.fields[name].disabled = True

    def states(self, kinds):
        """[(key of a kind and state, both in words)]: for a stored field those of its kind."""
        return [
            (f"{kind.pk}:{state}", labelled(capfirst(kind.name), capfirst(label)))
            for kind in kinds
            if self.instance.content_type_id in (None, kind.pk)
            for state, label in services.states_of(kind.model_class())
            # A state that stops a record asks for nothing, see crm.custom.fields.due.
            if kind.model_class().BADGES.get(state) != "red" or state == self.instance.required_from
        ]

    def clean(self):
        cleaned = super().clean()
        if "required_from" in cleaned:
            kind, _colon, state = cleaned["required_from"].partition(":")
            cleaned["required_from"] = state
            chosen = cleaned.get("content_type")
            if state and kind != str(chosen.pk if chosen else self.instance.content_type_id):
                self.add_error("required_from", _("This is no state of the chosen document."))
        return cleaned


class CustomFieldPages(Pages):
    model = CustomField
    has_contacts = False
    columns = (
        Column("label", value=str, label=_("label")),
        DOCUMENT,
        "code",
        "kind",
        "is_required",
        REQUIRED_FROM,
        "position",
        "is_active",
    )
    order = "position"
    filterset = CustomFieldFilter
    form = CustomFieldForm
    create = services.create_field
    edit = services.edit_field
    verbs = Verbs(
        CustomField,
        rename_choice=Verb(
            run=services.rename_choice,
            label=_("Rename a choice"),
            permission=CustomField.permission("change"),
            form=RenameChoiceForm,
            refusal=lambda field: None if field.has_choices else ABSENT,
        ),
        retire=Verb(
            run=services.retire_field,
            label=_("Retire"),
            permission=CustomField.permission("change"),
            form=RetireForm,
            refusal=lambda field: None if field.is_active else ABSENT,
        ),
        restore=Verb(
            run=services.restore_field,
            label=_("Take up again"),
            permission=CustomField.permission("change"),
            style="primary",
            refusal=lambda field: ABSENT if field.is_active else None,
        ),
        delete=Verb(
            run=services.delete_field,
            label=_("Delete"),
            permission=CustomField.permission("change"),
            style="danger",
            refusal=usage.refusal,
        ),
    )
    menu = ("settings", 70)
    empty = _("No own fields yet. Add what your company needs to know of its documents.")
    groups = (
        (
            _("Own field"),
            (
                DOCUMENT,
                "code",
                "kind",
                "label",
                "label_en",
                "label_hant",
                "choices",
                "is_required",
                REQUIRED_FROM,
                Column("scope_id", value=services.scope_label, label=_("only for")),
                "position",
                "is_active",
            ),
        ),
    )

    @classmethod
    def extra_groups(cls, obj, user):
        facts = [(label, Cell(words)) for label, words in usage.facts(obj)]
        return [(_("Where it is used"), facts)]

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("content_type")
