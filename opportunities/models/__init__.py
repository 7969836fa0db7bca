from opportunities.models.deal import (
    OPEN_PHASES,
    ChecklistItem,
    ChecklistTick,
    Demo,
    NeedsLine,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Phase,
    ProcessStep,
    SalesProcess,
)
from opportunities.models.quotation import Quotation, QuotationLine

__all__ = [
    "OPEN_PHASES",
    "ChecklistItem",
    "ChecklistTick",
    "Demo",
    "NeedsLine",
    "NeedsSheet",
    "NegotiationRound",
    "Opportunity",
    "Phase",
    "ProcessStep",
    "Quotation",
    "QuotationLine",
    "SalesProcess",
]
