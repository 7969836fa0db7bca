from accounts.models.customers import (
    Account,
    AccountClass,
    Address,
    Contact,
    PaymentTerm,
    TermPart,
)
from accounts.models.duplicates import DuplicatePair, Merge
from accounts.models.keys import (
    CreditCodeField,
    KeyField,
    core_key,
    domain_key,
    is_credit_code,
    mail_key,
    name_key,
    phone_key,
)

__all__ = [
    "Account",
    "AccountClass",
    "Address",
    "Contact",
    "CreditCodeField",
    "DuplicatePair",
    "KeyField",
    "Merge",
    "PaymentTerm",
    "TermPart",
    "core_key",
    "domain_key",
    "is_credit_code",
    "mail_key",
    "name_key",
    "phone_key",
]
