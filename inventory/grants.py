"""Who may do what by default; an administrator may change it per company."""

READERS = "rep manager finance warehouse service integrator"
GRANTS = {
    "view_warehouse": READERS,
    "add_warehouse": "warehouse",
    "change_warehouse": "warehouse",
    "view_stocklevel": READERS,
    "add_stocklevel": "warehouse",
    "change_stocklevel": "warehouse",
    "receive_stocklevel": "warehouse",
    "adjust_stocklevel": "warehouse",
    "transfer_stocklevel": "warehouse",
    "view_stockmove": "manager finance warehouse",
    "view_purchaserequest": "rep manager finance warehouse",
    "add_purchaserequest": "manager warehouse",
    "change_purchaserequest": "manager warehouse",
    "submit_purchaserequest": "manager warehouse",
    "approve_purchaserequest": "manager finance warehouse",
    "order_purchaserequest": "warehouse",
    "receive_purchaserequest": "warehouse",
    "cancel_purchaserequest": "manager warehouse",
}
