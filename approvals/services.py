"""Asking for agreement and giving it. The document is the head of its request: it is locked
first, so that a decision and a change of the document never wait for each other."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from approvals.kinds import KINDS, fact_label, fact_words
from approvals.kinds import label as kind_label
from approvals.models import (
    ApprovalRequest,
    ApprovalRule,
    Approver,
    RequestLevel,
    RuleCondition,
)
from crm import lifecycle
from crm.cells import listed
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock_one
from crm.verbs import ABSENT, Verb, Verbs
from users.models import Delegation, User

# --- What the rules say ---------------------------------------------------------------------


def matching_rules(kind, values):
    """Active rules of `kind` whose conditions all hold for the facts `values`, in order."""
    rules = ApprovalRule.objects.filter(kind=kind, is_active=True).order_by("position", "pk")
    return [rule for rule in rules.prefetch_related("conditions") if holds(rule, values)]


def holds(rule, values):
    """Whether all conditions hold; a fact that is unknown or None is neither over nor under."""
    return all(_compare(condition, values) for condition in rule.conditions.all())


def _compare(condition, values):
    value = values.get(condition.fact)
    if value is None:
        return False
    if condition.operator == RuleCondition.Operator.OVER:
        return value > condition.value
    return value < condition.value


def reasons_of(rules, values):
    """Why approval is needed, for machines: one entry per condition that fired.

    [{rule, name, fact, operator, limit, value}]; a rule without conditions has fact "".
    """
    found = []
    for rule in rules:
        entry = {"rule": rule.pk, "name": rule.name, "fact": ""}
        fired = [
            {
                **entry,
                "fact": condition.fact,
                "operator": condition.operator,
                "limit": f"{condition.value.normalize():f}",
                "value": f"{values[condition.fact].normalize():f}",
            }
            for condition in rule.conditions.all()
        ]
        found += fired or [entry]
    return found


def sentence(kind, reason, currency=""):
    """One entry of `reasons_of` in words; currency: see fact_words."""
    fact = reason["fact"]
    if not fact:
        return _("The rule “%(rule)s” asks for approval.") % {"rule": reason["name"]}
    text = (
        _("%(fact)s is %(value)s, over the limit of %(limit)s (rule “%(rule)s”).")
        if reason["operator"] == RuleCondition.Operator.OVER
        else _("%(fact)s is %(value)s, under the limit of %(limit)s (rule “%(rule)s”).")
    )
    return text % {
        "fact": capfirst(fact_label(kind, fact)),
        "value": fact_words(kind, fact, reason["value"], currency),
        "limit": fact_words(kind, fact, reason["limit"], currency),
        "rule": reason["name"],
    }


# --- Who decides ----------------------------------------------------------------------------


def next_up(person, submitter):
    """`person`, or the first active manager above them who has not submitted; None: nobody."""
    seen = set()
    while person is not None and person.pk not in seen:
        if person.is_active and person != submitter:
            return person
        seen.add(person.pk)
        person = person.superior
    return None


def resolve(level, submitter):
    """(approver, role, person) who will decide `level` of a rule.

    Nobody approves what they submitted: the next person up takes their place. Raises
    DomainError when there is nobody.
    """
    if level.approver == Approver.ROLE:
        others = User.objects.active().filter(roles=level.role).exclude(pk=submitter.pk)
        if others.exists():
            return Approver.ROLE, level.role, None
        person = next_up(submitter, submitter)
        missing = _("nobody else has the role %(role)s, and %(person)s has no manager above")
    elif level.approver == Approver.PERSON:
        person = next_up(level.person, submitter)
        missing = _("it is not for %(named)s to decide, who has no manager above")
    else:
        person = next_up(submitter, submitter)
        missing = _("%(person)s has no manager above")
    if person is None:
        names = {"role": level.role, "person": submitter, "named": level.person}
        raise DomainError(
            _(
                "Nobody may approve this: %(missing)s. "
                "An administrator can change the rule “%(rule)s”."
            )
            % {"missing": missing % names, "rule": level.rule},
            code="no_approver",
        )
    return level.approver, None, person


def merged_levels(rules, submitter):
    """The levels of all rules in order, each decider once: [(approver, role, person)]."""
    found = {}
    for rule in rules:
        for level in rule.levels.select_related("role", "person", "rule"):
            approver, role, person = resolve(level, submitter)
            found.setdefault((role, person), (approver, role, person))
    return list(found.values())


def approvers(request):
    """People who may decide the present level today, with those who stand in for them."""
    level = request.present_level
    if level is None:
        return User.objects.none()
    holders = (
        User.objects.filter(pk=level.person_id)
        if level.person_id
        else User.objects.filter(roles=level.role)
    ).exclude(pk=request.submitted_by_id)
    away = Delegation.objects.on(timezone.localdate()).filter(user__in=holders.active())
    people = User.objects.filter(pk__in=holders.values("pk")) | User.objects.filter(
        pk__in=away.values("substitute")
    )
    return people.active().exclude(pk=request.submitted_by_id)


# --- Requests -------------------------------------------------------------------------------


@transaction.atomic
def request_approval(obj, *, kind, by):
    """Ask for the approvals that the rules want for `obj`; None when they want none.

    The caller has locked `obj`. Raises DomainError when nobody may approve, WrongMoment when
    a request about it is open already.
    """
    values = KINDS[kind].values(obj)
    rules = matching_rules(kind, values)
    submitter = by or getattr(obj, "owner", None) or User.objects.system()
    levels = merged_levels(rules, submitter)
    if not levels:
        return None
    if ApprovalRequest.objects.about(obj).pending().exists():
        raise WrongMoment(_("%(document)s is waiting for approval already.") % {"document": obj})
    request = ApprovalRequest(
        target=obj,
        kind=kind,
        title=str(obj)[:200],
        submitted_by=submitter,
        reasons=reasons_of(rules, values),
        facts={name: None if value is None else f"{value:f}" for name, value in values.items()},
    )
    request.created_by = by
    request.full_clean()
    request.save()
    RequestLevel.objects.bulk_create(
        RequestLevel(request=request, position=n, approver=approver, role=role, person=person)
        for n, (approver, role, person) in enumerate(levels, start=1)
    )
    emit("approvalrequest.created", request, by=by, facts=request.facts, reasons=request.reasons)
    return request


def _take(request, by):
    """Lock the document, then the request, and return it with the level `by` decides now.

    Raises WrongMoment when it is closed or somebody else's turn, PermissionDenied when it is
    none of their business.
    """
    if request.target is not None:
        lock_one(request.target)
    request = lock_one(request)
    if request.state != ApprovalRequest.State.PENDING:
        raise WrongMoment(
            _("Too late: %(document)s is %(state)s already.")
            % {"document": request, "state": request.get_state_display()}
        )
    if by is not None and by.pk == request.submitted_by_id:
        raise PermissionDenied(_("You submitted this yourself; somebody else has to decide."))
    level = request.present_level
    if by is not None and not ApprovalRequest.objects.waiting_for(by).filter(pk=request.pk):
        # A wide scope shows a request; it makes nobody an approver.
        rows = ApprovalRequest.objects.permitted(by, "approvals.approve_approvalrequest")
        if not rows.filter(pk=request.pk).exists():
            raise PermissionDenied(_("This is not yours to decide."))
        raise WrongMoment(
            _("It is not your turn: %(document)s is waiting for %(holder)s.")
            % {"document": request, "holder": level.holder}
        )
    return request, level


def _decide(level, decision, *, by, comment):
    level.decision = decision
    level.decided_by = by or User.objects.system()
    level.decided_at = timezone.now()
    level.comment = comment
    level.save()


@transaction.atomic
def approve_request(request, *, by, comment=""):
    """Agree on the present level; the last one approves the document."""
    request, level = _take(request, by)
    _decide(level, RequestLevel.Decision.APPROVED, by=by, comment=comment)
    following = request.levels.filter(decision="").order_by("position").first()
    if following is None:
        return lifecycle.advance(request, "approve", by=by, comment=comment)
    request.level, request.since = following.position, timezone.now()
    request.version += 1
    request.save()
    emit("approvalrequest.passed_on", request, by=by, comment=comment, level=request.level)
    return request


@transaction.atomic
def send_back_request(request, *, by, comment):
    """Refuse for now; the document goes back to its submitter."""
    request, level = _take(request, by)
    _decide(level, RequestLevel.Decision.RETURNED, by=by, comment=comment)
    return lifecycle.advance(request, "send_back", by=by, comment=comment)


@transaction.atomic
def reassign_request(request, *, by, person, comment=""):
    """Let `person` decide the present level instead.

    For those whose turn it is, and for whoever keeps the rules.
    """
    lifecycle.require(by, "approvals.reassign_approvalrequest", request)
    if by is not None and by.has_perm("approvals.change_approvalrule"):
        request, level = _take(request, None)
    else:
        request, level = _take(request, by)
    return _hand_over(request, level, person, by=by, comment=comment)


def _hand_over(request, level, person, *, by, comment=""):
    if person.pk == request.submitted_by_id:
        raise DomainError(
            _("%(person)s submitted this and cannot decide it.") % {"person": person},
            code="own_document",
        )
    if not person.is_active or not person.has_perm("approvals.approve_approvalrequest"):
        raise DomainError(
            _("%(person)s has no right to approve.") % {"person": person}, code="no_approver"
        )
    former = level.holder
    level.approver, level.role, level.person = Approver.PERSON, None, person
    level.save()
    if level.position == request.level:
        request.since = timezone.now()
    request.version += 1
    request.save()
    emit(
        "approvalrequest.reassigned",
        request,
        by=by,
        comment=comment,
        changes={"person": [str(former), str(person)]},
    )
    return request


@transaction.atomic
def withdraw_request(obj, *, by):
    """Close the open request about document `obj`, which itself moves on; None without one.

    The document's own service has checked the right and holds its lock.
    """
    request = ApprovalRequest.objects.about(obj).pending().first()
    if request is None:
        return None
    return lifecycle.advance(request, "withdraw", by=None)


@transaction.atomic
def take_back_request(request, *, by):
    """Withdraw as its submitter, from the request's own page: the document comes back, too."""
    if by is not None and by.pk != request.submitted_by_id:
        raise PermissionDenied(_("Only the submitter can withdraw this."))
    if request.target is not None:
        lock_one(request.target)
    request = lifecycle.advance(request, "withdraw", by=by)
    # Documents know one way back, whoever sends them. Whoever reacted to the withdrawal itself
    # has changed the document, so that it is read again here.
    request = ApprovalRequest.objects.get(pk=request.pk)
    emit(
        "approvalrequest.returned",
        request,
        by=by,
        verb="withdraw",
        comment=str(_("Withdrawn by the submitter.")),
    )
    return request


@transaction.atomic
def hand_over_levels(person, *, successor, by):
    """Let `successor` decide what still waits for somebody who leaves, or the next person up."""
    levels = RequestLevel.objects.filter(
        person=person, decision="", request__state=ApprovalRequest.State.PENDING
    )
    for level in levels.select_related("request").order_by("request"):
        request = lock_one(level.request)
        heir = next_up(successor, request.submitted_by) or next_up(person, request.submitted_by)
        if heir is not None:
            _hand_over(request, level, heir, by=by)


# --- Rules ----------------------------------------------------------------------------------


@transaction.atomic
def create_rule(*, by, levels=(), conditions=(), **fields):
    """Make a rule; `levels` [{approver, role, person}] in order, `conditions` [{fact, operator,
    value}]."""
    rule = lifecycle.create(ApprovalRule(**fields), by=by)
    _write_parts(rule, levels, conditions)
    return rule


@transaction.atomic
def edit_rule(rule, *, by, version=None, levels=None, conditions=None, **changes):
    """Change a rule; given levels or conditions replace the old ones. Open requests stay as
    they were made."""
    rule = lifecycle.edit(rule, by=by, version=version, **changes)
    before = describe_rule(rule)
    _write_parts(rule, levels, conditions)
    after = describe_rule(rule)
    if before != after:
        rule.version += 1
        rule.save(update_fields=["version", "updated_at"])
        emit("approvalrule.edited", rule, by=by, changes={"levels": [before, after]})
    return rule


def describe_rule(rule):
    """When and who, in one line: "amount over 10000 → Finance, the manager of the submitter"."""
    when = listed(
        f"{fact_label(rule.kind, c.fact)} {c.get_operator_display()} "
        f"{fact_words(rule.kind, c.fact, c.value)}"
        for c in rule.conditions.all()
    )
    who = listed(str(level.holder) for level in rule.levels.all())
    # Not inside the f-string: there the texts to translate are not found.
    always = _("always")
    return f"{when or always} → {who}"


def _write_parts(rule, levels, conditions):
    if levels is not None:
        if not levels:
            raise ValidationError(_("A rule needs at least one level."))
        rule.levels.all().delete()
        for position, data in enumerate(levels, start=1):
            level = rule.levels.model(rule=rule, **{**data, "position": position})
            level.full_clean()
            level.save()
    if conditions is not None:
        rule.conditions.all().delete()
        known = KINDS[rule.kind].facts if rule.kind in KINDS else {}
        for data in conditions:
            if data["fact"] not in known:
                raise ValidationError(
                    _("%(kind)s has no %(fact)s: this rule would never apply.")
                    % {"kind": kind_label(rule.kind), "fact": data["fact"]}
                )
            condition = RuleCondition(rule=rule, **data)
            condition.full_clean()
            condition.save()


# --- Verbs ----------------------------------------------------------------------------------


def _closed(request):
    return None if request.state == ApprovalRequest.State.PENDING else ABSENT


class RequestVerbs(Verbs):
    """Decisions are offered to those whose turn it is."""

    def bound(self, obj, user):
        turn = ApprovalRequest.objects.waiting_for(user).filter(pk=obj.pk).exists()
        keeps_rules = user.has_perm("approvals.change_approvalrule")
        return [
            verb
            for verb in super().bound(obj, user)
            if turn
            or (verb.name == "withdraw" and obj.submitted_by_id == user.pk)
            or (verb.name == "reassign" and keeps_rules)
        ]


REQUEST_VERBS = RequestVerbs(
    ApprovalRequest,
    approve=approve_request,
    send_back=send_back_request,
    withdraw=take_back_request,
    reassign=Verb(
        run=reassign_request,
        label=_("Hand to somebody else"),
        permission="approvals.reassign_approvalrequest",
        form="approvals.forms.ReassignForm",
        refusal=_closed,
    ),
)
