"""Who may do what by default: finance handles the money, sales sees it."""

GRANTS = {
    "view_receivable": "rep manager finance integrator",
    "dispute_receivable": "manager finance",
    "settle_dispute_receivable": "finance",
    "request_write_off_receivable": "finance",
    "view_payment": "rep manager finance integrator",
    "add_payment": "finance integrator",
    "clear_payment": "finance",
    "bounce_payment": "finance",
    "allocate_payment": "finance",
    "reverse_allocation_payment": "finance",
    "refund_payment": "finance",
    "view_invoice": "rep manager finance integrator",
    "add_invoice": "finance",
    "change_invoice": "finance",
    "issue_invoice": "finance",
    "reverse_invoice": "finance",
    "view_writeoff": "rep manager finance",
}
