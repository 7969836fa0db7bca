"""The few tags the templates share."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

register = template.Library()

SHORT = 18


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
def table_rows(columns, rows):
    """Render the rows of a table in one go: templates are what a list page costs.

    columns: [{label, numeric}]; rows: [{url, cells: [Cell]}]. The first cell without a link of
    its own links to the row. `data-label` names the cell where rows are stacked (phones).
    """
    labels = [conditional_escape(_get(column, "label")) for column in columns]
    parts = []
    for row in rows:
        row_url = conditional_escape(_get(row, "url") or "")
        parts.append(f'<tr data-href="{row_url}">' if row_url else "<tr>")
        lead = True
        for label, cell in zip(labels, _get(row, "cells"), strict=False):
            parts.append(_cell(cell, label, row_url if lead else "", lead))
            lead = False
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


def _cell(cell, label, row_url, lead):
    text = conditional_escape(cell.text)
    if cell.badge:
        text = f'<span class="state state-{conditional_escape(cell.badge)}">{text}</span>'
    if url := conditional_escape(cell.url or "") or row_url:
        text = f'<a href="{url}">{text}</a>'
    # Short words, dates and codes stay on one line; names may wrap.
    short = len(cell.text) <= SHORT and not cell.badge
    css = " ".join(
        name for name, on in (("num", cell.numeric), ("lead", lead), ("short", short)) if on
    )
    attrs = f' class="{css}"' if css else ""
    return f'<td data-label="{label}"{attrs}>{text}</td>'


@register.filter
def sort_verbs(verbs):
    """Split a record's verbs into buttons (three at most), further ones, and refused ones."""
    allowed = [verb for verb in verbs if _get(verb, "allowed")]
    refused = [verb for verb in verbs if not _get(verb, "allowed")]
    # A menu with a single entry would only hide it.
    shown = 4 if len(allowed) == 4 and not refused else 3
    return {"shown": allowed[:shown], "more": allowed[shown:], "refused": refused}


def _get(thing, name):
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
