"""Who may do what with approvals. A rule may name anybody, so everybody may decide what is
waiting for them, and nothing else (see querysets.py)."""

EVERYBODY = "rep manager finance legal warehouse service marketing"

GRANTS = {
    "view_approvalrequest": EVERYBODY + " integrator",
    "approve_approvalrequest": EVERYBODY,
    "send_back_approvalrequest": EVERYBODY,
    "reassign_approvalrequest": EVERYBODY,
    "withdraw_approvalrequest": EVERYBODY,
    "view_approvalrule": EVERYBODY + " integrator",
}
