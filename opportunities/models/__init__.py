from opportunities.models.deal import ChecklistTick, Opportunity
from opportunities.models.presales import Demo, NeedsLine, NeedsSheet, NegotiationRound
from opportunities.models.process import (
    OPEN_PHASES,
    ChecklistItem,
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
