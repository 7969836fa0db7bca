"""Mail templates with their preview, and writing to the people of a record."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import kinds, placeholders, services
from activities.filters import MailTemplateFilter
from activities.forms import MailForm, MailTemplateForm, PreviewForm
from activities.models import Mail, MailTemplate
from activities.views.followups import AboutView
from crm.cells import Cell, Column, table
from crm.pages import Pages, edit_record
from crm.shell import get_record

SHOWN = 20


def kind_label(template):
    kind = kinds.mail_kind(template.kind)
    return str(kind.model._meta.verbose_name) if kind else template.kind


KIND = Column("kind", value=kind_label, sort="kind")


class MailTemplatePages(Pages):
    model = MailTemplate
    has_contacts = False
    columns = ("name", KIND, "language", "subject", "is_active")
    order = "name"
    filterset = MailTemplateFilter
    form = MailTemplateForm
    create = services.create_template
    edit = edit_record
    menu = ("settings", 70)
    empty = gettext_lazy("No mail templates yet. A template saves writing the same mail again.")
    groups = (
        (gettext_lazy("Template"), (KIND, "language", "is_active")),
        (gettext_lazy("Text"), ("subject", "body")),
    )

    @classmethod
    def extra_groups(cls, obj, user):
        known = placeholders.of_kind(obj.kind)
        return [(_("Placeholders"), [(f"{{{{ {name} }}}}", str(label)) for name, label in known])]


def preview(request, pk):
    """A template filled in with a record the person may see: a panel of the template's page."""
    template = get_object_or_404(MailTemplate.objects.visible_to(request.user), pk=pk)
    kind = kinds.mail_kind(template.kind)
    if kind is None or not request.user.has_perm(kind.model.permission("view")):
        raise PermissionDenied
    form = PreviewForm(request.GET or None, user=request.user, rows=kind.model.objects.all())
    context = {"template": template, "form": form, "subject": "", "body": ""}
    if form.is_valid():
        record = form.cleaned_data["record"]
        people = services.people_of(record) or [kinds.Person(_("Recipient"), "")]
        found = services.filled(template, record, people[0], request.user)
        context["subject"], context["body"] = found
    return render(request, "activities/_mail_preview.html", context)


MailTemplatePages.panels.append(
    (gettext_lazy("Preview"), "activities:preview", "activities.view_mailtemplate")
)


# --- To the people of a record -------------------------------------------------------------------


class MailForView(AboutView):
    """Choose template and recipient, edit, send. ?template= fills the text in."""

    name = "activities:mail_for"
    right = "activities.add_mail"
    form = MailForm
    label = gettext_lazy("Send a mail")
    service = services.write_mail

    def dispatch(self, request, *args, app_label, model, pk):
        if kinds.mail_kind(f"{app_label}.{model}") is None:
            raise Http404
        return super().dispatch(request, *args, app_label=app_label, model=model, pk=pk)

    def get(self, request, pk):
        obj = self.get_object(pk)
        form = MailForm(initial=request.GET.dict(), user=request.user, obj=obj)
        return self.ask(obj, form)

    def post(self, request, pk):
        obj = self.get_object(pk)
        form = MailForm(request.POST, user=request.user, obj=obj)
        if not form.is_valid():
            return self.ask(obj, form, status=422)
        data = {name: form.cleaned_data[name] for name in ("to", "subject", "body")}
        services.write_mail(obj, by=request.user, **data)
        return self.done(obj, obj)


def mails_panel(request, app_label, model, pk):
    """Mails about one record, for everybody who may see the record."""
    obj = get_record(request, app_label, model, pk)
    if not request.user.has_perm("activities.view_mail"):
        raise PermissionDenied
    mails = Mail.objects.filter(**services.about(obj)).order_by("-pk")
    address = () if "email" in obj.hidden_from(request.user) else ("to_email",)
    columns = ("subject", "to_name", *address, STATUS, "sender", "sent_at")
    found = table(_("Mails"), Mail, columns, mails.select_related("sender")[:SHOWN], request.user)
    for row in found["rows"]:
        row["url"] = ""
    found["empty"] = _("No mail was sent from here.")
    if type(obj) in kinds.MAIL and request.user.has_perm("activities.add_mail"):
        found["create_url"] = reverse("activities:mail_for", args=[app_label, model, pk])
        found["create_label"], found["create_dialog"] = _("Send a mail"), True
    return render(request, "crm/_table.html", {"table": found})


def status(mail):
    text = str(mail.get_status_display())
    return Cell(f"{text}: {mail.reason}" if mail.reason else text, "", Mail.BADGES[mail.status])


STATUS = Column("status", value=status)
Pages.record_panels.append(
    (
        gettext_lazy("Mails"),
        "activities:mails_panel",
        "activities.view_mail",
        lambda obj: type(obj) in kinds.MAIL,
    )
)
