from celery import shared_task

from orders import services


@shared_task
def allocate_waiting(products):
    """Give fresh stock of `products` (pks) to waiting orders; does nothing more on a second run."""
    services.allocate_waiting(products)
