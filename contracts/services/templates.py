"""The company's contract templates: clauses, compliance checks, and who reviews."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import ApprovalRule, Approver, RuleLevel
from contracts.models import ContractTemplate, TemplateCheck, TemplateClause
from crm import lifecycle
from crm.events import emit
from crm.locks import lock
from users.models import Role

CLAUSE_FIELDS = ("title", "body", "interpretation", "is_mandatory")


@transaction.atomic
def create_template(*, by, lines=(), checks=(), **fields):
    """`lines`: clauses as dicts of title, body, interpretation, is_mandatory; `checks`: texts."""
    _only_default(fields)
    template = lifecycle.create(ContractTemplate(**fields), by=by)
    write_clauses(template, lines)
    _write_checks(template, checks)
    return template


@transaction.atomic
def edit_template(template, *, by, version=None, lines=None, checks=None, **changes):
    """Contracts drafted before keep the clauses they were given."""
    _only_default(changes, besides=template)
    template = lifecycle.edit(template, by=by, version=version, **changes)
    before = snapshot(template)
    if lines is not None:
        write_clauses(template, lines)
    if checks is not None:
        _write_checks(template, checks)
    after = snapshot(template)
    if before != after:
        template.version += 1
        template.save()
        emit("contracttemplate.edited", template, by=by, changes={"clauses": [before, after]})
    return template


def snapshot(holder):
    """Clauses and checks of a template or contract in words, for the event of an edit."""
    clauses = [f"{clause.title}: {clause.body}" for clause in holder.clauses.all()]
    return [*clauses, *(check.text for check in holder.checks.all())]


def write_clauses(holder, lines):
    """Replace the clauses of a template or a contract."""
    model = holder.clauses.model
    titles = [line["title"] for line in lines]
    if len(titles) != len(set(titles)):
        raise ValidationError(_("Two clauses have the same title."))
    holder.clauses.all().delete()
    for position, line in enumerate(lines, start=1):
        values = {name: line[name] for name in CLAUSE_FIELDS if name in line}
        clause = model(position=position, **{holder.clauses.field.name: holder}, **values)
        clause.full_clean(exclude=[holder.clauses.field.name])
        clause.save()


def _write_checks(template, texts):
    template.checks.all().delete()
    TemplateCheck.objects.bulk_create(
        TemplateCheck(template=template, text=text, position=position)
        for position, text in enumerate(texts, start=1)
    )


def _only_default(fields, besides=None):
    """A new default takes the place of the old one."""
    if fields.get("is_default"):
        others = ContractTemplate.objects.filter(is_default=True)
        for other in lock(others.exclude(pk=besides.pk) if besides else others):
            lifecycle.write(other, by=None, is_default=False)


def default_template():
    """The template of contracts that name none; made on first use with what no contract lacks."""
    if template := ContractTemplate.objects.filter(is_default=True).first():
        return template
    with transaction.atomic():
        template, made = ContractTemplate.objects.get_or_create(
            name=_("Standard sales contract"), defaults={"is_default": True}
        )
        if made:
            _fill(template)
        else:
            ContractTemplate.objects.filter(pk=template.pk).update(is_default=True)
    return template


def _fill(template):
    clauses = [
        (
            _("Subject of the contract"),
            _("The seller delivers and the buyer takes the goods listed in this contract."),
        ),
        (
            _("Price and payment"),
            _("The buyer pays the listed prices by the agreed payment term."),
        ),
        (
            _("Delivery and acceptance"),
            _("The buyer inspects the goods within seven days of delivery."),
        ),
        (
            _("Liability for breach"),
            _("Whoever breaks the contract bears the loss that the other side suffers."),
        ),
        (
            _("Settlement of disputes"),
            _("Disputes are settled by talks, else by the court at the seller's seat."),
        ),
    ]
    TemplateClause.objects.bulk_create(
        TemplateClause(
            template=template, title=title, body=body, is_mandatory=True, position=position
        )
        for position, (title, body) in enumerate(clauses, start=1)
    )
    _write_checks(
        template,
        [
            _("The other side exists and its signer may sign."),
            _("The wording obeys the law and the company's rules."),
            _("Price, tax and payment agree with what was approved."),
        ],
    )


def ensure_legal_review(kind):
    """Have some rule for documents of `kind`: the first one asks the role legal."""
    if not ApprovalRule.objects.filter(kind=kind).exists():
        add_legal_review(kind)


@transaction.atomic
def add_legal_review(kind):
    """A rule without conditions that sends documents of `kind` to the role legal."""
    name = _("Legal review of contracts") if kind == "contract" else _("Legal review of amendments")
    legal = Role.objects.get(code="legal")
    rule = ApprovalRule.objects.create(kind=kind, name=name, position=1)
    RuleLevel.objects.create(rule=rule, approver=Approver.ROLE, role=legal, position=1)
