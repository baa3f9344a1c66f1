import pytest
from requests import HTTPError

from problems import check

PLANET, IMSS, ISSSTE = "planet_mx_employment", "imss_mx_employment", "issste_mx_employment"
# Which institutions each filter finds.
FILTERS = [
    ({}, [IMSS, ISSSTE, PLANET]),
    ({"name": IMSS}, [IMSS]),
    ({"name__in": f"{IMSS},{ISSSTE}"}, [IMSS, ISSSTE]),
    ({"display_name": "planet"}, [PLANET]),
    ({"resources__allin": "EMPLOYMENT_RECORDS,CURRENT_EMPLOYMENTS"}, [IMSS]),
    ({"country_code": "BR"}, []),
    ({"type": "employment", "page_size": 1}, [IMSS, ISSSTE, PLANET]),
]


@pytest.mark.parametrize(("filters", "names"), FILTERS)
def test_institutions_are_listed(client, filters, names):
    assert [found["name"] for found in client.Institutions.list(**filters)] == names


def test_an_institution_has_a_form(client):
    planet = client.Institutions.get("9454")
    assert planet["name"] == PLANET
    assert [field["name"] for field in planet["form_fields"]] == ["username", "password"]


def test_an_unknown_institution_is_not_found(client):
    with pytest.raises(HTTPError) as refusal:
        client.Institutions.get("1")
    assert refusal.value.response.status_code == 404
    check(refusal.value.response.json(), {"code": "not_found", "message": "Not found."})
