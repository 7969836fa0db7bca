"""What stands on a document: names, facts, tables and passages as plain text, ready for JSON.

Amounts come as the screen shows them, from crm.cells: a document has no figures of its own.
"""

from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.cells import columns_of, words
from crm.models import Company
from crm.papers.words import in_words

# A column up to so many letters keeps its width; wider ones share what is left of the line.
NARROW, WIDEST = 14, 40


@dataclass
class Sheet:
    """The parts of a document from top to bottom; title, number and our name go without saying."""

    parties: list = field(default_factory=list)
    facts: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    signatures: list = field(default_factory=list)


def party(label, name, *lines):
    """Somebody the document is between, with lines such as an address; empty ones are left out."""
    return {
        "label": capfirst(str(label)),
        "name": str(name),
        "lines": [str(line) for line in lines if line],
    }


def named(label, value):
    """A value with its label, such as the phone in a letterhead; nothing without a value."""
    return _("%(label)s: %(value)s") % {"label": capfirst(label), "value": value} if value else ""


def facts(obj, *specs):
    """[[label, text]] of what `obj` says in these fields or crm.cells.Columns; empty ones are
    left out."""
    rows = ((column.label, column.cell(obj).text) for column in columns_of(type(obj), specs))
    return [[capfirst(str(label)), text] for label, text in rows if text]


def fact(label, value):
    """The same of one value that is no field: a list of one fact, or of none."""
    return [[capfirst(str(label)), words(value)]] if value not in (None, "") else []


def goods(found, amount=None, currency="", note=""):
    """A table made by crm.cells.table, with its totals and `amount` in words below it."""
    rows = [[cell.text for cell in row["cells"]] for row in found["rows"]]
    columns = [
        {"label": capfirst(column["label"]), "numeric": column["numeric"], "width": width}
        for column, width in zip(found["columns"], widths(found["columns"], rows), strict=True)
    ]
    spoken = "" if amount is None else in_words(amount, currency, get_language())
    return {
        "kind": "goods",
        "label": found["label"],
        "columns": columns,
        "rows": rows,
        "totals": [[total["label"], total["value"]] for total in found.get("totals", ())],
        "words": [_("Amount in words"), spoken] if spoken else [],
        "note": note,
    }


def widths(columns, rows):
    """Share of the line of each column, 0 for one that is as wide as its content."""
    found = []
    for number, column in enumerate(columns):
        longest = max((breadth(row[number]) for row in rows), default=0)
        fixed = column["numeric"] or max(longest, breadth(column["label"])) <= NARROW
        found.append(0 if fixed else min(longest, WIDEST))
    if not any(found) and found:
        found[0] = 1
    return found


def breadth(text):
    """How wide a text is, in Latin letters: others count twice."""
    return sum(1 if letter < "\u2e80" else 2 for letter in text)


def passage(label, text):
    """A heading with a text below it: a list of one block, or of none without a text."""
    return [{"kind": "passage", "label": capfirst(str(label)), "text": text}] if text else []


def listing(label, rows):
    """Facts below a heading, such as a bank and its account: a list of one block, or of none."""
    return [{"kind": "facts", "label": str(label), "rows": rows}] if rows else []


def signature(label, name, *lines):
    """A place to sign and stamp for `name`; `lines` are [label, value], the value "" to fill in."""
    return {
        "label": str(label),
        "name": str(name),
        "lines": [[capfirst(str(line)), words(value)] for line, value in lines],
    }


# --- Ourselves ----------------------------------------------------------------------------------


def our_name():
    company = Company.current()
    return company.legal_name or company.name


def letterhead():
    """The company at the head of every document: {name, lines}."""
    company = Company.current()
    reach = [named(_("phone"), company.phone), named(_("email"), company.email)]
    lines = [company.address, "   ".join(filter(None, reach))]
    lines.append(named(_("tax number"), company.tax_number))
    return {"name": our_name(), "lines": [line for line in lines if line]}


def bank_details():
    """Where to pay: a list of one block, or of none when the company has not said."""
    company = Company.current()
    if not company.bank_account:
        return []
    rows = [
        *fact(_("account holder"), our_name()),
        *fact(_("bank"), company.bank),
        *fact(_("bank account"), company.bank_account),
    ]
    return listing(_("Payment to"), rows)
