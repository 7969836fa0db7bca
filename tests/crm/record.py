"""Going about on the page of a record as a person does."""

HTMX = {"HX-Request": "true"}


def about(obj, what):
    return f"/about/{obj._meta.app_label}/{obj._meta.model_name}/{obj.pk}/{what}/"


def text_of(answer):
    return answer.content.decode()
