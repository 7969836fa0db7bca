"""Placeholders of mail templates: names from a closed list, replaced and never executed."""

import re

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cells import listed
from crm.models import Company

PLACEHOLDER = re.compile(r"{{\s*([a-z_.]+)\s*}}")
# {name: (label, (record, person, sender) -> text)}: what every mail can say.
COMMON = {
    "recipient.name": (gettext_lazy("name of the recipient"), lambda r, p, s: p.name),
    "me.name": (gettext_lazy("my name"), lambda r, p, s: str(s)),
    "me.phone": (gettext_lazy("my phone"), lambda r, p, s: s.phone),
    "me.email": (gettext_lazy("my mail address"), lambda r, p, s: s.email),
    "company.name": (gettext_lazy("our company"), lambda r, p, s: Company.current().name),
    "today": (gettext_lazy("today's date"), lambda r, p, s: date_format(timezone.localdate())),
}


def of_kind(label):
    """[(name, label)] of all placeholders of templates about "accounts.contact"."""
    from activities.kinds import mail_kind

    kind = mail_kind(label)
    own = {name: words for name, (words, _get) in kind.placeholders.items()} if kind else {}
    return [*((name, words) for name, (words, _get) in COMMON.items()), *own.items()]


def wrong_placeholders(text, label):
    """A sentence that lists what `text` holds and templates of this kind do not know, or ""."""
    known = {name for name, _label in of_kind(label)}
    wrong = [f"{{{{ {name} }}}}" for name in PLACEHOLDER.findall(text) if name not in known]
    rest = PLACEHOLDER.sub("", text)
    wrong += re.findall(r"{{.{0,30}|}}|{%.{0,30}", rest)
    if not wrong:
        return ""
    return _("Unknown placeholders: %(names)s") % {"names": listed(dict.fromkeys(wrong))}


def fill(text, kind, record, person, sender):
    """`text` with every placeholder replaced, in the active language. One pass: a value that
    looks like a placeholder stays as it is."""

    def value(match):
        name = match[1]
        if name in COMMON:
            return str(COMMON[name][1](record, person, sender))
        return str(kind.placeholders[name][1](record) or "")

    return PLACEHOLDER.sub(value, text)
