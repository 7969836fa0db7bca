"""What one is told: the list, the bell that keeps itself up to date, and one's own choices."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from crm import events, notices
from crm.forms import CrmModelForm
from crm.models import Channel

PAGE = 50
# More toasts at once than this are a wall: one says how many there are.
MOST_TOASTS = 3


def _rows(user):
    return user.notifications.select_related("event__content_type", "event__actor")


def notifications(request):
    rows = _rows(request.user).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    rows = list(rows[: PAGE + 1])
    found = [
        {
            "text": f"{text} · {row.event.actor}",
            "hint": "" if is_seen else _("no longer visible to you"),
            "url": reverse("crm:notification", args=[row.pk]) if is_seen else "",
            "at": row.created_at,
            "unread": row.read_at is None,
        }
        for row, text, is_seen in notices.readable(rows[:PAGE], request.user)
    ]
    more = len(rows) > PAGE
    context = {
        "notifications": found,
        "mark_all_url": reverse("crm:notifications_read"),
        "choices_url": reverse("crm:notification_choices"),
        "next_url": f"{reverse('notifications')}?before={rows[PAGE - 1].pk}" if more else "",
    }
    return render(request, "crm/notifications.html", context)


def notification(request, pk):
    """Open what a notification is about, and mark it read; what is out of sight stays so."""
    row = get_object_or_404(_rows(request.user), pk=pk)
    request.user.notifications.unread().filter(pk=pk).update(read_at=timezone.now())
    [(_row, _text, is_seen)] = notices.readable([row], request.user)
    url = row.event.target.get_absolute_url() if is_seen else reverse("notifications")
    return HttpResponseRedirect(url)


@require_POST
def notifications_read(request):
    request.user.notifications.unread().update(read_at=timezone.now())
    return HttpResponseRedirect(reverse("notifications"))


# --- The bell ---------------------------------------------------------------------------------


def unread(user):
    """What the bell counts."""
    return user.notifications.unread().at_once().count()


@require_POST
def news(request):
    """Asked by every open page now and then: 204, or the fresh count with new notices as toasts.

    `unread` is the count the page shows. A notice is shown once, on the page that asks first.
    """
    now = timezone.now()
    rows = request.user.notifications.unread().at_once()
    fresh = Q(shown_at=None, tell_at__lte=now)
    counts = rows.aggregate(unread=Count("pk"), fresh=Count("pk", filter=fresh))
    if not counts["fresh"] and request.POST.get("unread") == str(counts["unread"]):
        return HttpResponse(status=204)
    context = {"unread": counts["unread"], "toasts": []}
    if counts["fresh"]:
        context["toasts"] = toasts(request.user, now)
    return render(request, "crm/_news.html", context)


def toasts(user, now):
    """[{text, url}] of what was not shown yet; each row is claimed by one statement."""
    waiting = user.notifications.unread().at_once().filter(shown_at=None, tell_at__lte=now)
    pks = list(waiting.values_list("pk", flat=True))
    if not waiting.filter(pk__in=pks).update(shown_at=now):
        return []
    if len(pks) > MOST_TOASTS:
        text = ngettext("%(count)d new notice", "%(count)d new notices", len(pks))
        return [{"text": text % {"count": len(pks)}, "url": reverse("notifications")}]
    rows = _rows(user).filter(pk__in=pks, shown_at=now).order_by("pk")
    return [
        {
            "text": text,
            "url": reverse("crm:notification", args=[row.pk])
            if is_seen
            else reverse("notifications"),
        }
        for row, text, is_seen in notices.readable(rows, user)
        if is_seen or events.is_told_unseen(row.event.name)
    ]


# --- One's own choices --------------------------------------------------------------------------


class ChoicesForm(CrmModelForm):
    """Times as fields of the person, and one choice per kind that can concern them."""

    class Meta:
        fields = ["quiet_from", "quiet_until", "digest_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("version", None)
        self.fields["quiet_from"].help_text = gettext_lazy(
            "In these hours there is neither mail nor toast; both follow afterwards."
        )
        chosen = dict(self.user.notification_choices.values_list("kind", "channel"))
        self.kinds = notices.kinds(self.user)
        for _label, rows in self.kinds:
            for kind, words, default in rows:
                self.fields[kind] = forms.ChoiceField(
                    label=words,
                    choices=Channel.choices,
                    initial=chosen.get(kind, default),
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    @property
    def groups(self):
        times = (gettext_lazy("When"), ["quiet_from", "quiet_until", "digest_at"])
        return [times, *((label, [row[0] for row in rows]) for label, rows in self.kinds)]

    def clean(self):
        data = super().clean()
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return data


def choices(request):
    person = get_user_model().objects.get(pk=request.user.pk)
    form_class = forms.modelform_factory(get_user_model(), form=ChoicesForm)
    form = form_class(request.POST or None, instance=person, user=person)
    if request.method == "POST" and form.is_valid():
        times = {name: form.cleaned_data[name] for name in ChoicesForm.Meta.fields}
        chosen = {name: form.cleaned_data[name] for name in form.fields if name not in times}
        notices.save_choices(person, chosen=chosen, **times)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("crm:notification_choices"))
    context = {
        "title": _("How I am told"),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": reverse("notifications"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "crm/notification_choices.html", context, status=status)
