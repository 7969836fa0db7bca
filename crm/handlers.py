"""What the frame itself does about events."""

from django.utils.translation import gettext_lazy as _

from crm.events import audience, label, on
from crm.search import index

label("work.exported", _("List exported"))
label("customfield.choice_renamed", _("Choice renamed"))
label("customfield.removed", _("Own field deleted"))
label("work.finished", _("Finished"))


@audience("work.finished")
def starter(event, work):
    return [work.user]


@on("*")
def keep_search(event, obj):
    index.keep(event, obj)
