"""Comments on any record, and the people mentioned in them.

A mention is typed as @ and a name, stored as a reference (@{pk} in the text, and a row that
remembers who was told), and shown under the name the person has now.
"""

import re

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import events
from crm.cells import listed
from crm.locks import lock_one
from crm.models import Comment

# They are kept for the record, but the comment itself says all there is to say.
UNTOLD = ("comment.edited", "comment.removed")
# What is longer is a document, and belongs into a file.
LONGEST = 10_000
REFERENCE = re.compile(r"@\{(\d+)\}")


def _label(event):
    is_of_one = event is None or event.data.get("mentioned")
    return _("Mentioned in a comment") if is_of_one else _("Comment")


events.label("comment.added", _label)
events.label("comment.edited", gettext_lazy("Mentioned in a comment that was edited"))
events.label("comment.removed", gettext_lazy("Comment removed"))


@events.audience("comment.added", "comment.edited")
def mentioned(event, obj):
    return get_user_model().objects.active().filter(pk__in=event.data.get("mentioned", []))


# --- Services -----------------------------------------------------------------------------------


@transaction.atomic
def add_comment(obj, body, *, by):
    """Write a comment; whoever is mentioned is told once. Raises ValidationError."""
    text, people = resolve_mentions(obj, body)
    found = Comment.objects.create(target=obj, body=text, author=by)
    found.mentions.set(people)
    keys = [person.pk for person in people]
    events.emit("comment.added", obj, by=by, comment=body, comment_id=found.pk, mentioned=keys)
    return found


@transaction.atomic
def edit_comment(comment, body, *, by):
    """Rewrite one's own comment; only those are told who were not mentioned before."""
    comment = _own(comment, by)
    text, people = resolve_mentions(comment.target, body)
    if text == comment.body:
        return comment
    told = set(comment.mentions.values_list("pk", flat=True))
    new = [person.pk for person in people if person.pk not in told]
    old, comment.body, comment.edited_at = comment.body, text, timezone.now()
    comment.save(update_fields=["body", "edited_at"])
    comment.mentions.add(*new)
    events.emit(
        "comment.edited",
        comment.target,
        by=by,
        comment_id=comment.pk,
        texts=[old, text],
        mentioned=new,
    )
    return comment


@transaction.atomic
def remove_comment(comment, *, by):
    """Take back one's own comment; that there was one stays visible."""
    comment = _own(comment, by)
    comment.removed_at = timezone.now()
    comment.save(update_fields=["removed_at"])
    events.emit("comment.removed", comment.target, by=by, comment_id=comment.pk)


def _own(comment, by):
    comment = lock_one(comment)
    if comment.author_id != by.pk or comment.removed_at:
        raise PermissionDenied(_("You do not have the right to do this."))
    return comment


def may_see(person, obj):
    return type(obj).objects.visible_to(person).filter(pk=obj.pk).exists()


def resolve_mentions(obj, body):
    """(text with references, people) of a typed comment.

    Longer names win. Raises ValidationError for a text that is too long, for a name that several
    people have, and for people who may not see the record: a mention must not tell them of it.
    """
    if len(body) > LONGEST:
        raise ValidationError(
            _("A comment has at most %(most)s characters; add what is longer as a file.")
            % {"most": LONGEST}
        )
    if "@" not in body:
        return body, []
    named = {}
    for person in get_user_model().objects.active():
        for name in {str(person), person.username}:
            named.setdefault(name, []).append(person)
    names = sorted(named, key=len, reverse=True)
    # In 请@张三看 no space stands before the sign; in a@b.com it is part of an address.
    pattern = re.compile(rf"(?<![\w.+-])@({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_])", re.A)
    people = []

    def refer(match):
        name = match.group(1)
        found = {person.pk: person for person in named[name]}
        seeing = [person for person in found.values() if may_see(person, obj)]
        if not seeing:
            raise ValidationError(
                _("%(person)s may not see this record and cannot be mentioned.") % {"person": name}
            )
        if len(seeing) > 1:
            accounts = listed(f"@{person.username}" for person in seeing)
            raise ValidationError(
                _("Several people are called %(name)s. Write one of: %(accounts)s.")
                % {"name": name, "accounts": accounts}
            )
        people.extend(person for person in seeing if person not in people)
        return f"@{{{seeing[0].pk}}}"

    return pattern.sub(refer, body.replace("@{", "@ {")), people


# --- Showing --------------------------------------------------------------------------------------


def entry(comment, user):
    """What a comment adds to its entry in the history."""
    own = comment.author_id == user.pk and not comment.removed_at
    found = {"text": _("Comment"), "note": "", "comment": shown(comment), "sentences": []}
    if comment.removed_at:
        return found | {"text": _("Comment removed"), "comment": ""}
    return found | {
        "edited_at": comment.edited_at,
        "editable": typed(comment) if own else "",
        "edit_url": reverse("crm:comment_edit", args=[comment.pk]) if own else "",
        "remove_url": reverse("crm:comment_remove", args=[comment.pk]) if own else "",
        "key": comment.pk,
    }


def shown(comment):
    """The text as HTML, references as names."""
    people = {person.pk: person for person in comment.mentions.all()}
    parts = []
    for number, part in enumerate(REFERENCE.split(comment.body)):
        if number % 2:
            name = people.get(int(part), _("somebody"))
            parts.append(format_html('<span class="mention">@{}</span>', str(name)))
        else:
            parts.append(conditional_escape(part))
    return mark_safe("".join(parts))  # every part is escaped above


def typed(comment):
    """The text as its author would type it."""
    people = {str(person.pk): person.username for person in comment.mentions.all()}
    return REFERENCE.sub(lambda match: f"@{people.get(match.group(1), '')}", comment.body)
