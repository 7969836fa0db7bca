from accounts.models.customers import (
    Account,
    AccountClass,
    Address,
    Contact,
    PaymentTerm,
    TermPart,
)
from accounts.models.keys import KeyField, name_key, phone_key

__all__ = [
    "Account",
    "AccountClass",
    "Address",
    "Contact",
    "KeyField",
    "PaymentTerm",
    "TermPart",
    "name_key",
    "phone_key",
]
