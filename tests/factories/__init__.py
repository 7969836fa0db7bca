"""Rows as services would leave them: those of searched kinds can be found."""

from factory.django import DjangoModelFactory

from crm.search import index

_create = DjangoModelFactory._create.__func__


def _create_and_index(cls, model_class, *args, **kwargs):
    record = _create(cls, model_class, *args, **kwargs)
    if model_class in index.kinds():
        index.write(model_class, [record])
    return record


DjangoModelFactory._create = classmethod(_create_and_index)
