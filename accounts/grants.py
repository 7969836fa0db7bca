"""Who may do what by default; an administrator may change it per company."""

EVERYBODY = "rep manager finance legal warehouse service marketing integrator"
GRANTS = {
    "view_account": EVERYBODY,
    "add_account": "rep manager service marketing integrator",
    "change_account": "rep manager finance service marketing integrator",
    "assign_account": "manager integrator",
    "set_credit_account": "manager finance",
    "view_contact": EVERYBODY,
    "add_contact": "rep manager service marketing integrator",
    "change_contact": "rep manager service marketing integrator",
    # A rep merges two records of their own, a manager two of the team: both have to be in scope.
    "merge_account": "rep manager",
    "merge_contact": "rep manager",
    "view_duplicatepair": "rep manager",
    "dismiss_duplicatepair": "rep manager",
    "view_merge": "rep manager",
    "undo_merge": "rep manager",
    "view_address": EVERYBODY,
    "add_address": "rep manager finance warehouse service integrator",
    "change_address": "rep manager finance warehouse service integrator",
    "view_accountclass": EVERYBODY,
    "add_accountclass": "manager",
    "change_accountclass": "manager",
    "view_paymentterm": EVERYBODY,
    "add_paymentterm": "finance",
    "change_paymentterm": "finance",
}
