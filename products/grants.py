"""Who may do what by default; an administrator may change it per company."""

EVERYBODY = "rep manager finance legal warehouse service marketing integrator"
GRANTS = {
    "view_category": EVERYBODY,
    "add_category": "manager marketing",
    "change_category": "manager marketing",
    "view_product": EVERYBODY,
    "add_product": "manager marketing integrator",
    "change_product": "manager marketing integrator",
    "put_on_sale_product": "manager marketing",
    "take_off_sale_product": "manager marketing",
    "view_cost": "manager finance",
}
