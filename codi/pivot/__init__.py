"""Cross tables for analysts over any list: a room declares dimensions and measures, no more.

In the ``pivots.py`` of a room::

    register_pivot(Pivot(
        key="projects",
        title="โครงการ",
        url_name="finance:projects",
        page=Projects,
        dimensions=(Dimension("status", "สถานะ", "status", names=dict(ProjectStatus.choices)), …),
        measures=(count_of("จำนวนโครงการ"), sum_of("approved", "อนุมัติ (บาท)", "standing_baht"), …),
        first=("region", "status", ("count", "approved")),
    ))

The rows are those of the list, with its scope, search and filter; every cell leads back to the
list, narrowed to the records that the cell counts.
"""

from codi.pivot.declared import PIVOTS, Pivot, register_pivot
from codi.pivot.dimensions import Dimension, fiscal_quarter_of, fiscal_year_of, month_of
from codi.pivot.measures import Measure, count_of, distinct_of, mean_of, percent_of, sum_of

__all__ = [
    "PIVOTS",
    "Dimension",
    "Measure",
    "Pivot",
    "count_of",
    "distinct_of",
    "fiscal_quarter_of",
    "fiscal_year_of",
    "mean_of",
    "month_of",
    "percent_of",
    "register_pivot",
    "sum_of",
]
