from decimal import Decimal

from approvals.models import ApprovalRule, Approver, RuleCondition
from users.models import Role


def rule(kind, *levels, name="", position=10, **limits):
    """A rule: rule("campaign", "finance", manager, "superior", amount__over=1000).

    A level is a role code, a person, or "superior".
    """
    found = ApprovalRule.objects.create(name=name or f"{kind} rule", kind=kind, position=position)
    for n, level in enumerate(levels, start=1):
        if level == "superior":
            found.levels.create(approver=Approver.SUPERIOR, position=n)
        elif isinstance(level, str):
            role = Role.objects.get(code=level)
            found.levels.create(approver=Approver.ROLE, role=role, position=n)
        else:
            found.levels.create(approver=Approver.PERSON, person=level, position=n)
    for key, value in limits.items():
        fact, operator = key.split("__")
        RuleCondition.objects.create(rule=found, fact=fact, operator=operator, value=Decimal(value))
    return found
