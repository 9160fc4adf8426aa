"""The API: every register, step and figure for programs, by the rules of the pages.

A room declares in its ``api.py`` what it offers; addresses, scope, pages of rows, filters, order,
conditional requests, one-time keys, errors and documentation follow from that::

    register(Resource(
        name="organisations",
        title="องค์กร",
        model=Organisation,
        rows=lambda user: organisations_for_list(user, localdate()),
        fields=("id", "name", "kind", "region", "province", "version"),
        order={"name": "sort_key"},
        filters=OrganisationFilter,
        create=Act("", "เพิ่มองค์กร", OrganisationForm, can=…, perform=…),
    ))
"""
