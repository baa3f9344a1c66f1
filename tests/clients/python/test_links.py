import pytest
from belvo.enums import AccessMode
from requests import HTTPError

from links import CURP, OTHER_CURP, create_link, ids
from problems import check

LINK_KEYS = {
    "id",
    "institution",
    "access_mode",
    "status",
    "refresh_rate",
    "created_by",
    "last_accessed_at",
    "external_id",
    "created_at",
    "institution_user_id",
    "credentials_storage",
    "stale_in",
    "fetch_resources",
}
NOT_FOUND = {"code": "not_found", "message": "Not found."}

# What each link is created with, and which links each filter finds, the newest first.
LINKS = {
    "single": {"access_mode": AccessMode.SINGLE, "external_id": "user-1"},
    "recurrent": {"access_mode": AccessMode.RECURRENT, "external_id": "user-2"},
    "imss": {"institution": "imss_mx_employment", "external_id": "user-1"},
    "issste": {"institution": "issste_mx_employment"},
}
FILTERS = [
    ({}, ["issste", "imss", "recurrent", "single"]),
    ({"institution": "planet_mx_employment"}, ["recurrent", "single"]),
    ({"institution": "imss_mx_employment"}, ["imss"]),
    ({"external_id": "user-1"}, ["imss", "single"]),
    ({"external_id": "nobody"}, []),
    ({"access_mode": "single"}, ["single"]),
    ({"access_mode": "recurrent"}, ["issste", "imss", "recurrent"]),
    ({"external_id": "user-1", "access_mode": "recurrent"}, ["imss"]),
]


@pytest.fixture
def pages(client):
    """What the SDK asks for, as it comes: the path and how many objects are on the page."""
    pages = []

    def note(response, **_):
        path = response.url.replace(client.session.url, "")
        pages.append((path, len(response.json().get("results", []))))

    client.session.session.hooks["response"].append(note)
    return pages


def test_a_link_has_the_documented_keys_and_no_others(client):
    link = create_link(client, external_id="user-1", username2="worker@example.com")
    assert set(link) == LINK_KEYS


def test_a_link_is_recurrent_unless_the_client_says_otherwise(client):
    link = create_link(client, external_id="user-1")
    assert link["institution"] == "planet_mx_employment"
    assert link["status"] == "valid"
    assert link["external_id"] == "user-1"
    assert link["fetch_resources"] == []
    assert (link["access_mode"], link["refresh_rate"]) == ("recurrent", "7d")
    assert link["credentials_storage"] == "store"


def test_a_single_link_is_not_refreshed(client):
    link = create_link(client, access_mode=AccessMode.SINGLE)
    assert (link["access_mode"], link["refresh_rate"]) == ("single", None)
    assert link["credentials_storage"] == "365d"
    assert link["external_id"] is None


def test_the_same_person_has_the_same_institution_user_id(client):
    links = [create_link(client, curp=curp) for curp in (CURP, CURP, OTHER_CURP)]
    one, again, other = (link["institution_user_id"] for link in links)
    assert one == again != other


def test_the_password_may_be_anything(client):
    create_link(client)
    client.Links.create("planet_mx_employment", CURP, "a-password", raise_exception=True)
    assert len(list(client.Links.list())) == 2


def test_a_list_goes_on_over_its_pages(client, pages):
    created = [create_link(client) for _ in range(25)]
    pages.clear()

    listed = list(client.Links.list())

    assert ids(listed) == ids(reversed(created))
    assert pages == [
        ("/api/links/", 10),
        ("/api/links/?page=2", 10),
        ("/api/links/?page=3", 5),
    ]


def test_a_page_can_have_another_size(client, pages):
    created = [create_link(client) for _ in range(5)]
    pages.clear()

    listed = list(client.Links.list(page_size=3))

    assert ids(listed) == ids(reversed(created))
    assert pages == [("/api/links/?page_size=3", 3), ("/api/links/?page_size=3&page=2", 2)]


def test_a_page_has_a_thousand_objects_at_most(client, pages):
    created = [create_link(client, access_mode=AccessMode.SINGLE) for _ in range(1005)]
    pages.clear()

    listed = list(client.Links.list(page_size=2000))

    assert ids(listed) == ids(reversed(created))
    assert pages == [
        ("/api/links/?page_size=2000", 1000),
        ("/api/links/?page_size=2000&page=2", 5),
    ]


def test_a_filter_goes_on_over_the_pages(client):
    wanted = []
    for _ in range(5):
        create_link(client, external_id="user-1")
        wanted.append(create_link(client, external_id="user-2"))

    listed = list(client.Links.list(external_id="user-2", page_size=2))

    assert ids(listed) == ids(reversed(wanted))


@pytest.mark.parametrize("filters, expected", FILTERS)
def test_a_list_is_filtered(client, filters, expected):
    names = {create_link(client, **options)["id"]: name for name, options in LINKS.items()}
    assert [names[id] for id in ids(client.Links.list(**filters))] == expected


def test_a_link_is_got_by_its_id(client):
    link = create_link(client, access_mode=AccessMode.SINGLE)
    assert client.Links.get(link["id"]) == link


def test_a_deleted_link_is_gone(client):
    deleted, kept = create_link(client), create_link(client)

    assert client.Links.delete(deleted["id"]) is True

    with pytest.raises(HTTPError) as refusal:
        client.Links.get(deleted["id"])
    assert refusal.value.response.status_code == 404
    check(refusal.value.response.json(), NOT_FOUND)
    assert client.Links.delete(deleted["id"]) is False
    assert ids(client.Links.list()) == [kept["id"]]


@pytest.mark.parametrize("id", ["5c09677e-cf78-41d4-9015-47252a0c4e77", "not-a-uuid"])
def test_an_unknown_link_is_not_found(client, id):
    with pytest.raises(HTTPError) as refusal:
        client.Links.get(id)
    assert refusal.value.response.status_code == 404
    check(refusal.value.response.json(), NOT_FOUND)
    assert client.Links.delete(id) is False
