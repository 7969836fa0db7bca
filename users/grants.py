"""Who may do what with people; the administrator may do everything."""

EVERYBODY = "rep manager finance legal warehouse service marketing integrator"

GRANTS = {
    "view_user": EVERYBODY,
    "view_team": EVERYBODY,
    "view_delegation": EVERYBODY,
    "add_delegation": EVERYBODY,
    "change_delegation": EVERYBODY,
    "revoke_delegation": EVERYBODY,
    "view_apikey": "integrator",
    "add_apikey": "integrator",
    "revoke_apikey": "integrator",
}
