"""Pages, panels, cards of My day, and the customer's page of a quotation."""

from opportunities.views import myday, public
from opportunities.views.pages import (
    DemoPages,
    NeedsSheetPages,
    OpportunityPages,
    QuotationPages,
    RoundPages,
    SalesProcessPages,
    lines_table,
)
from opportunities.views.panels import DEALS_PANEL, QUOTATIONS_PANEL, panel

__all__ = [
    "DEALS_PANEL",
    "QUOTATIONS_PANEL",
    "DemoPages",
    "NeedsSheetPages",
    "OpportunityPages",
    "QuotationPages",
    "RoundPages",
    "SalesProcessPages",
    "lines_table",
    "myday",
    "panel",
    "public",
]
