"""The few tags the templates share."""

from functools import cache
from html import unescape

from django import template
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils.html import conditional_escape, escape, format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from crm import cells

register = template.Library()
register.filter("listed", cells.listed)

SHORT = 18
# Texts in a history that are longer are folded to their beginning.
LONG, MANY_LINES, BEGINNING = 600, 15, 160


@cache
def _sprite():
    return static("vendor/icons.svg")


@register.simple_tag
def icon(name, css=""):
    """Draw an icon of the sprite; it is decoration, so the text beside it has to say everything."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css,
        _sprite(),
        name,
    )


@register.simple_tag
def table_rows(columns, rows, tick=""):
    """Render the rows of a table in one go: templates are what a list page costs.

    columns: [{label, numeric}]; rows: [{url, cells: [Cell]}], with `tick` (the words for it) also
    pk: then each row can be ticked for the form "bulk". The first cell without a link of its own
    links to the row. `data-label` names the cell where rows are stacked (phones).
    """
    heads = [
        f'<td data-label="{conditional_escape(capfirst(_get(c, "label")))}" class="'
        for c in columns
    ]
    parts = []
    for row in rows:
        row_url = escape(_get(row, "url") or "")
        parts.append(f'<tr data-href="{row_url}">' if row_url else "<tr>")
        lead = "lead"
        if tick:
            words = escape(f"{tick}: {_get(row, 'cells')[0].text}")
            box = f'name="pk" value="{_get(row, "pk")}" form="bulk" aria-label="{words}"'
            parts.append(
                f'<td class="tick"><input type="checkbox" class="form-check-input" {box}></td>'
            )
        for head, cell in zip(heads, _get(row, "cells"), strict=False):
            text = conditional_escape(cell.text)
            # Short words, dates and codes stay on one line; names may wrap.
            css = "num " if cell.numeric else "short " if len(text) <= SHORT else ""
            if cell.badge:
                text = f'<span class="state state-{cell.badge}">{text}</span>'
            if cell.url:
                text = f'<a href="{escape(cell.url)}">{text}</a>'
            elif lead and row_url:
                text = f'<a href="{row_url}">{text}</a>'
            parts.append(f'{head}{css}{lead}">{text}</td>')
            lead = ""
        parts.append("</tr>")
    return mark_safe("".join(parts))  # every part is escaped above


@register.filter
def sort_verbs(verbs):
    """Split a record's verbs into buttons (three at most), further ones, and refused ones."""
    allowed = [verb for verb in verbs if _get(verb, "allowed")]
    refused = [verb for verb in verbs if not _get(verb, "allowed")]
    # A menu with a single entry would only hide it.
    shown = 4 if len(allowed) == 4 and not refused else 3
    return {"shown": allowed[:shown], "more": allowed[shown:], "refused": refused}


@register.filter
def fold(text):
    """A text with its line breaks; of a long one the beginning, with the rest a click away."""
    full = linebreaksbr(text)
    plain = unescape(strip_tags(text)) if hasattr(text, "__html__") else str(text)
    if len(plain) <= LONG and plain.count("\n") < MANY_LINES:
        return full
    start = Truncator(" ".join(plain.split())).chars(BEGINNING)
    return format_html(
        '<details class="folded"><summary><span class="folded-start">{}</span> '
        '<span class="folded-more">{}</span><span class="folded-less">{}</span></summary>'
        "{}</details>",
        start,
        _("Show all"),
        _("Show less"),
        full,
    )


def _get(thing, name):
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
