"""Every kind of answer and webhook, parsed as a strict consumer parses it."""

import json

import pytest
from belvo.enums import AccessMode
from pydantic import TypeAdapter, ValidationError

import models
from links import CURP, INSTITUTION, create_link

IMSS, ISSSTE = "imss_mx_employment", "issste_mx_employment"
PEOPLE = [
    CURP,
    "LONG700101MXXXXX00",
    "IDLE900101HXXXXX00",
    "RETI550101HXXXXX00",
    "GOVT850101MXXXXX00",
    "NONE000101MXXXXX00",
]


@pytest.fixture
def call(client):
    """A call whose answer is the text that was sent, not what the SDK makes of it."""

    def call(method, path, body=None):
        session = client.session
        answer = session.session.request(method, session.url + path, json=body)
        return answer.status_code, answer.text

    return call


def parse(model, answer):
    status, text = answer
    assert status < 300, text
    return TypeAdapter(model).validate_json(text)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"access_mode": "single", "external_id": "user-1", "stale_in": "300d"},
        {"access_mode": "single", "credentials_storage": "nostore", "fetch_resources": ["OWNERS"]},
        {"institution": ISSSTE},
    ],
)
def test_links(call, fields):
    body = {"institution": INSTITUTION, "username": CURP, **fields}
    link = parse(models.Link, call("POST", "/api/links/", body))
    path = f"/api/links/{link.id}/"
    assert parse(models.Link, call("GET", path)) == link
    parse(models.Link, call("PATCH", path, {"stale_in": "7d"}))
    parse(models.Link, call("PUT", path, {"password": "new"}))
    parse(models.Page[models.Link], call("GET", "/api/links/"))


def test_pages(call, client):
    for _ in range(3):
        create_link(client)
    page = parse(models.Page[models.Link], call("GET", "/api/links/?page=2&page_size=1"))
    assert page.next and page.previous


def test_institutions(call):
    page = parse(models.Page[models.Institution], call("GET", "/api/institutions/"))
    for institution in page.results:
        path = f"/api/institutions/{institution.id}/"
        assert parse(models.Institution, call("GET", path)) == institution


@pytest.mark.parametrize("institution", [INSTITUTION, IMSS, ISSSTE])
@pytest.mark.parametrize("curp", PEOPLE)
def test_employment_records(call, client, curp, institution):
    link = create_link(client, curp, institution)
    for with_pdf in [False, True]:
        body = {"link": link["id"], "attach_pdf": with_pdf}
        records = parse(
            list[models.EmploymentRecord], call("POST", "/api/employment-records/", body)
        )
        for record in records:
            path = f"/api/employment-records/{record.id}/"
            parse(models.EmploymentRecord, call("GET", path))
    path = f"/api/employment-records/?link={link['id']}"
    parse(models.Page[models.EmploymentRecord], call("GET", path))


@pytest.mark.parametrize("curp", PEOPLE)
def test_current_employments(call, client, curp):
    link = create_link(client, curp, IMSS)
    path = "/api/mx/current-employments/"
    parse(list[models.CurrentEmployment], call("POST", path, {"link": link["id"]}))
    parse(models.Page[models.CurrentEmployment], call("GET", path))


@pytest.mark.parametrize("institution", [INSTITUTION, IMSS, ISSSTE])
@pytest.mark.parametrize("curp", PEOPLE)
def test_owners(call, client, curp, institution):
    # A single link that names no resources loads nothing in the background, which would change the
    # owner between two reads.
    link = create_link(
        client, curp, institution, username2="ana@example.com", access_mode=AccessMode.SINGLE
    )
    owners = parse(list[models.Owner], call("POST", "/api/owners/", {"link": link["id"]}))
    for owner in owners:
        assert parse(models.Owner, call("GET", f"/api/owners/{owner.id}/")) == owner
    page = parse(models.Page[models.Owner], call("GET", "/api/owners/"))
    assert page.results == owners


@pytest.mark.parametrize("reference_date", [None, "2020-02-29", "1990-01-01"])
@pytest.mark.parametrize("curp", PEOPLE)
def test_employment_metrics(call, client, curp, reference_date):
    path = "/api/employment-metrics/"
    body = {"link": create_link(client, curp, IMSS)["id"]}
    _, records = call("POST", "/api/employment-records/", body)
    answer = call("POST", path, {**body, "reference_date": reference_date})
    if not json.loads(records):
        assert answer[0] == 404
        return
    metrics = parse(models.EmploymentMetrics, answer)
    assert parse(models.EmploymentMetrics, call("GET", f"{path}{metrics.id}/")) == metrics
    assert parse(models.Page[models.EmploymentMetrics], call("GET", path)).results == [metrics]


REFUSED = [
    ("POST", "/api/links/", {}),
    ("POST", "/api/links/", {"institution": "narnia", "username": CURP, "access_mode": "x"}),
    ("POST", "/api/links/", {"institution": INSTITUTION, "username": "FAIL400001HXXXXX00"}),
    ("POST", "/api/links/", {"institution": INSTITUTION, "username": "FAIL428001HXXXXX00"}),
    ("POST", "/api/links/", {"institution": ISSSTE, "username": "short"}),
    ("GET", "/api/links/nope/", None),
    ("GET", "/api/nope/", None),
    ("PUT", "/api/links/", {}),
    ("POST", "/api/token/", {}),
    ("DELETE", "/api/token/", None),
    ("POST", "/api/employment-records/", {"link": "nope"}),
]


@pytest.mark.parametrize(("method", "path", "body"), REFUSED)
def test_errors(call, method, path, body):
    status, text = call(method, path, body)
    assert status >= 400
    problems = models.Problems.validate_json(text)
    assert len({problem.request_id for problem in problems}) == 1


def test_a_second_link_where_the_institution_takes_one(call):
    body = {"institution": INSTITUTION, "username": "FAIL400017HXXXXX00"}
    parse(models.Link, call("POST", "/api/links/", body))
    [problem] = models.Problems.validate_json(call("POST", "/api/links/", body)[1])
    assert isinstance(problem, models.DuplicateProblem)


def test_tokens(call, client, claims_of):
    link = create_link(client)
    keys = {"id": client.session._secret_key_id, "password": "a-password"}
    settings = {"stale_in": "300d", "credentials_storage": "30d", "fetch_resources": ["OWNERS"]}
    for fields, model in [
        ({}, models.TokenClaims),
        (settings, models.TokenClaims),
        ({"link_id": link["id"]}, models.LinkTokenClaims),
    ]:
        body = {**keys, "scopes": "write_links", **fields}
        pair = parse(models.TokenPair, call("POST", "/api/token/", body))
        for token in [pair.access, pair.refresh]:
            model.model_validate_json(claims_of(token))


def test_answers_that_promise_a_webhook(call, client):
    link = create_link(client)
    parse(models.Accepted, call("POST", f"/api/links/{link['id']}/refresh/", {}))


EVENTS = [
    (CURP, "historical_update", 1),
    ("MOVE900101MXXXXX00", "employment_changes", 90),
    ("GONE900101HXXXXX00", "invalid_credentials", 8),
    ("MFAS900101HXXXXX00", "token_required", 8),
]


@pytest.mark.parametrize(("curp", "code", "days"), EVENTS)
def test_webhooks(call, client, webhooks, curp, code, days):
    link = create_link(client, curp)
    call("POST", "/_emulator/clock/advance", {"by": f"{days}d"})
    events = [models.Event.validate_json(each.body) for each in webhooks.arrived(link)]
    assert code in [event.webhook_code for event in events]


def test_other_webhooks(call, client, webhooks):
    resources = ["CURRENT_EMPLOYMENTS", "EMPLOYMENT_METRICS"]
    fields = {"institution": IMSS, "username": CURP, "fetch_resources": resources}
    link = json.loads(call("POST", "/api/links/", fields)[1])
    client.session.session.headers["X-Belvo-Request-Mode"] = "async"
    call("POST", "/_emulator/clock/advance", {"by": "1m"})
    assert call("DELETE", f"/api/links/{link['id']}/")[0] == 202
    events = [
        models.Event.validate_json(each.body) for each in webhooks.wait_for(link, deliveries=3)
    ]
    kinds = [models.CurrentEmploymentsUpdate, models.EmploymentMetricsUpdate, models.LinkDeleted]
    assert [type(event) for event in events] == kinds


def test_the_models_are_strict(call, client):
    create_link(client)
    _, text = call("GET", "/api/links/")
    link = json.loads(text)["results"][0]
    wrong = [
        {**link, "new_key": None},
        {key: value for key, value in link.items() if key != "stale_in"},
        {**link, "status": "fine"},
        {**link, "created_by": 7},
        {**link, "fetch_resources": "OWNERS"},
    ]
    models.Link.model_validate_json(json.dumps(link))
    for other in wrong:
        with pytest.raises(ValidationError):
            models.Link.model_validate_json(json.dumps(other))
