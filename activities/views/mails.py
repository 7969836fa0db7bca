"""Mail templates with their preview, and writing to the people of a record."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from activities import kinds, placeholders, services
from activities.filters import MailingFilter, MailTemplateFilter
from activities.forms import MailForm, MailingForm, MailTemplateForm, PreviewForm
from activities.models import Mail, Mailing, MailTemplate
from activities.views.followups import AboutView
from crm.cells import Cell, Column, labelled, table
from crm.models import RecordModel
from crm.pages import Pages, edit_record
from crm.record import get_record

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
    if kind is None:
        raise Http404
    data = request.GET if "record" in request.GET else None
    form = PreviewForm(data, user=request.user, rows=kind.model.objects.all())
    context = {"template": template, "form": form, "subject": "", "body": ""}
    if form.is_valid():
        record = form.cleaned_data["record"]
        people = services.people_of(record) or [kinds.Person(_("Recipient"), "")]
        found = services.filled(template, record, people[0], request.user)
        context["subject"], context["body"] = found
    return render(request, "activities/_mail_preview.html", context)


MailTemplatePages.panels.append(
    (
        gettext_lazy("Preview"),
        "activities:preview",
        "activities.view_mailtemplate",
        None,
    )
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


def status(mail):
    text = str(mail.get_status_display())
    return Cell(labelled(text, mail.reason) if mail.reason else text, "", Mail.BADGES[mail.status])


STATUS = Column("status", value=status)


def mails_about(obj):
    """Mails about one record; what a mailing has not sent yet is its owner's affair."""
    unsent = Q(mailing__isnull=False, status__in=[Mail.State.WAITING, Mail.State.SENDING])
    return Mail.objects.filter(**services.about(obj)).exclude(unsent)


def mails_panel(request, app_label, model, pk):
    """Mails about one record, for everybody who may see the record."""
    obj = get_record(request, app_label, model, pk)
    if not request.user.has_perm("activities.view_mail"):
        raise PermissionDenied
    mails = mails_about(obj).order_by("-pk")
    hidden = obj.hidden_from(request.user) if isinstance(obj, RecordModel) else set()
    address = () if "email" in hidden else ("to_email",)
    columns = ("subject", "to_name", *address, STATUS, "sender", "sent_at")
    found = table(_("Mails"), Mail, columns, mails.select_related("sender")[:SHOWN], request.user)
    for row in found["rows"]:
        row["url"] = ""
    found["empty"] = _("No mail was sent from here.")
    if type(obj) in kinds.MAIL and request.user.has_perm("activities.add_mail"):
        found["create_url"] = reverse("activities:mail_for", args=[app_label, model, pk])
        found["create_label"], found["create_dialog"] = _("Send a mail"), True
    return render(request, "crm/_table.html", {"table": found})


Pages.record_panels.append(
    (
        gettext_lazy("Mails"),
        "activities:mails_panel",
        "activities.view_mail",
        lambda obj, user: [mails_about(obj)],
        lambda obj: type(obj) in kinds.MAIL,
    )
)


# --- To many ------------------------------------------------------------------------------------


class MailingPages(Pages):
    model = Mailing
    has_contacts = False
    columns = ("name", "template", "state", "owner", "created_at")
    order = "-created_at"
    filterset = MailingFilter
    verbs = services.MAILING_VERBS
    menu = ("customers", 85)
    empty = gettext_lazy(
        "No mailings yet. They write to many people at once: filter the contacts or "
        "leads, then choose Send a mailing."
    )
    begin = "accounts.contact"
    groups = ((gettext_lazy("Mailing"), ("template", "owner", "per_minute", "without_address")),)

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("template", "owner")


def recipients_panel(request, pk):
    """How far a mailing is, and what became of each mail; asks again while it is being sent."""
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), pk=pk)
    mails = mailing.mails.select_related("sender").order_by("-claimed_at", "pk")
    columns = ("to_name", "to_email", STATUS, "sent_at")
    found = table(_("Recipients"), Mail, columns, mails[:MOST_RECIPIENTS], request.user)
    for row in found["rows"]:
        row["url"] = ""
    counts = services.progress(mailing)
    found["count"] = sum(counts.values())
    labels = dict(Mail.State.choices)
    found["totals"] = [{"label": labels[key], "value": counts[key]} for key in sorted(counts)]
    context = {"table": found, "mailing": mailing}
    return render(request, "activities/_mailing_recipients.html", context)


MOST_RECIPIENTS = 200
MailingPages.panels.append(
    (
        gettext_lazy("Recipients"),
        "activities:recipients_panel",
        "activities.view_mailing",
        lambda obj, user: [obj.mails.all()],
    )
)


def selected(request, pages):
    """The records of a list's address: those named by `pk`, else all that its filters leave."""
    rows = pages.queryset(request.user)
    if pks := request.GET.getlist("pk"):
        return rows.filter(pk__in=[pk for pk in pks if pk.isdecimal()])
    return pages.filterset(request.GET, rows, request=request).qs


def mailing_new(request, app_label, model):
    """Draft a mailing to a selection; the query string is that of the list."""
    kind = kinds.mail_kind(f"{app_label}.{model}")
    if kind is None or not kind.is_person:
        raise Http404
    pages = Pages.of(f"{app_label}.{model}")
    if not request.user.has_perm("activities.add_mailing") or not pages.may(request.user, "view"):
        raise PermissionDenied
    rows = selected(request, pages)
    label = f"{app_label}.{model}"
    form = MailingForm(request.POST or None, user=request.user, label=label)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.create_mailing(by=request.user, rows=rows, **form.cleaned_data)
                return HttpResponseRedirect(made.get_absolute_url())
            except ValidationError as error:
                form.add_error(None, error)
    context = {
        "title": _("Send a mailing"),
        "form": form,
        "submit_label": _("Prepare"),
        "cancel_url": reverse(pages.route("list")),
        "count": rows.count(),
        "plural": pages.plural(),
    }
    return render(request, "activities/mailing_form.html", context, status=status)


def can_be_mailed(model):
    kind = kinds.MAIL.get(model)
    return kind is not None and kind.is_person


Pages.list_actions.append(
    (
        gettext_lazy("Send a mailing"),
        "send",
        "activities:mailing_new",
        "activities.add_mailing",
        can_be_mailed,
    )
)


@csrf_exempt  # RFC 8058: mail programs post without a session
@login_not_required
def unsubscribe(request, token):
    """Ask, then remember; whoever only opens the link, such as a scanner, changes nothing."""
    mail = services.mail_of_token(token)
    if mail is None:
        raise Http404
    if request.method == "POST":
        services.unsubscribe(mail)
    context = {"mail": mail, "is_done": request.method == "POST"}
    return render(request, "activities/unsubscribe.html", context)
