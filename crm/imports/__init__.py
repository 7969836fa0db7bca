"""Taking over data from files: by a person with the wizard, or by a command that loads a data set.

reading: a file into rows. fields: texts into values. runner: a row into a record. running: all of
them, in the background. undo: back again. loading: what the commands share.
"""

from crm.imports.importer import Beside, Importer
from crm.imports.loading import Report, rows, us_date, without_savepoints

__all__ = ["Beside", "Importer", "Report", "rows", "us_date", "without_savepoints"]
