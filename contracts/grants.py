"""Who may do what by default; an administrator may change it per company."""

READERS = "rep manager finance legal warehouse service integrator"
SALES = "rep manager"
GRANTS = {
    "view_contracttemplate": "rep manager legal integrator",
    "add_contracttemplate": "legal",
    "change_contracttemplate": "legal",
    "view_contract": READERS,
    "add_contract": "rep manager integrator",
    "change_contract": "rep manager legal integrator",
    "submit_contract": SALES,
    "check_contract": "legal",
    "assess_contract": "rep manager legal",
    "begin_signing_contract": "rep manager legal",
    "sign_contract": "rep manager legal",
    "activate_contract": "rep manager legal",
    "complete_contract": "manager legal",
    "terminate_contract": "manager legal",
    "cancel_contract": SALES,
    "view_amendment": READERS,
    "add_amendment": "rep manager legal",
    "change_amendment": "rep manager legal",
    "submit_amendment": "rep manager legal",
    "put_into_effect_amendment": "manager legal",
    "cancel_amendment": "rep manager legal",
}
