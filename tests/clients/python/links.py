"""Links as the tests make them."""

INSTITUTION = "planet_mx_employment"
# The test user of Belvo's guides, and the placeholder of its form.
CURP = "BLPM951331IONVGR54"
OTHER_CURP = "LOLJ970312MBSPPN08"


def create_link(client, curp=CURP, institution=INSTITUTION, **options):
    """Creates a link that must work. It is recurrent unless told otherwise, so it loads records."""
    return client.Links.create(institution, curp, "", raise_exception=True, **options)


def ids(objects):
    return [each["id"] for each in objects]
