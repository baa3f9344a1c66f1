from types import SimpleNamespace
from typing import NamedTuple, Optional

import pytest
from belvo.exceptions import RequestError

from links import CURP, INSTITUTION, OTHER_CURP, create_link
from problems import check

EMAIL = "worker@example.com"


class Refusal(NamedTuple):
    """A login and the error that it ends with."""

    curp: str
    status: int
    code: str
    message: str
    email: Optional[str] = None
    # The CURPs, with the same e-mail address, whose logins work before.
    after: tuple[str, ...] = ()

    @property
    def problem(self):
        return {"code": self.code, "message": self.message}


# The ten that Belvo documents for IMSS, two of them with two kinds of CURP.
IMSS_REFUSALS = {
    "nss and curp differ": Refusal(
        "FAIL400001HXXXXX00",
        400,
        "invalid_credentials",
        "El NSS capturado no coincide con la CURP",
    ),
    "nss not found": Refusal(
        "FAIL400002HXXXXX00",
        400,
        "login_error",
        "El NSS no fue localizado en el IMSS",
    ),
    "curp not in renapo": Refusal(
        "FAIL400003HXXXXX00",
        400,
        "login_error",
        "El CURP proporcionado no fue localizado en la entidad externa RENAPO",
    ),
    "curp in lower case": Refusal(
        "blpm951331ionvgr54",
        400,
        "login_error",
        "CURP es incorrecto",
    ),
    "curp with a letter among the digits": Refusal(
        "BLPM95I331IONVGR54",
        400,
        "login_error",
        "CURP es incorrecto",
    ),
    "curp too short": Refusal(
        "BLPM951331IONVGR5",
        400,
        "login_error",
        "Por favor, ingresa un CURP válido. Debe contener 18 caracteres",
    ),
    "curp too long": Refusal(
        "BLPM951331IONVGR541",
        400,
        "login_error",
        "Por favor, ingresa un CURP válido. Debe contener 18 caracteres",
    ),
    "person without nss": Refusal(
        "FAIL400006HXXXXX00",
        400,
        "login_error",
        "La persona no cuenta con NSS",
    ),
    "data mismatch": Refusal(
        "FAIL400007HXXXXX00",
        400,
        "login_error",
        "Los datos registrados en el IMSS asociados a la CURP, presentan alguna inconsistencia, "
        "por favor acude a tu Subdelegación para obtener tu Número de Seguridad Social.",
    ),
    "office visit": Refusal(
        "FAIL400008HXXXXX00",
        400,
        "login_error",
        "Es necesario que acudas a la subdelegación más cercana a tu domicilio a presentar tu "
        "trámite",
    ),
    "email of another curp": Refusal(
        OTHER_CURP,
        400,
        "login_error",
        "El correo ya está registrado con otro CURP",
        email=EMAIL,
        after=(CURP,),
    ),
    "fourth login of the day": Refusal(
        "FAIL403001HXXXXX00",
        403,
        "forbidden_by_host",
        "Has agotado el número de solicitudes permitidas por día.",
        after=("FAIL403001HXXXXX00",) * 3,
    ),
}

OTHER_REFUSALS = {
    "institution down": Refusal(
        "FAIL400011HXXXXX00",
        400,
        "institution_down",
        "The financial institution is down, try again later",
    ),
    "institution unavailable": Refusal(
        "FAIL400012HXXXXX00",
        400,
        "institution_unavailable",
        "The financial institution is unavailable",
    ),
    "institution inactive": Refusal(
        "FAIL400013HXXXXX00",
        400,
        "institution_inactive",
        "The institution has been temporarily deactivated",
    ),
    "unavailable data": Refusal(
        "FAIL400014HXXXXX00",
        400,
        "unavailable_data",
        "The institution did not return any data for the request.",
    ),
    "too many sessions": Refusal(
        "FAIL400015HXXXXX00",
        400,
        "too_many_sessions",
        "Impossible to login, a session is already opened with the institution for these "
        "credentials",
    ),
    "access denied": Refusal(
        "FAIL403002HXXXXX00",
        403,
        "access_to_resource_denied",
        "You don't have access to this resource.",
    ),
    "request timeout": Refusal(
        "FAIL408001HXXXXX00",
        408,
        "request_timeout",
        "The request timed out, you can retry asking for less data by changing your query "
        "parameters",
    ),
    "unexpected error": Refusal(
        "FAIL500001HXXXXX00",
        500,
        "unexpected_error",
        "Belvo is unable to process the request due to an internal system issue or to an "
        "unsupported response from an institution",
    ),
    "service unavailable": Refusal(
        "FAIL500002HXXXXX00",
        500,
        "service_unavailable",
        "Belvo is unable to process the request due to an internal system issue or to an "
        "unsupported response from an institution",
    ),
}
REFUSALS = {**IMSS_REFUSALS, **OTHER_REFUSALS}


class BadRequest(NamedTuple):
    """What a client gets wrong in the body, and the problems that it is told."""

    institution: str
    curp: str
    options: dict
    problems: tuple[dict, ...]


def problem(code, field, message):
    return {"code": code, "field": field, "message": message}


# The SDK leaves empty values out, so "" becomes a missing field.
BAD_REQUESTS = {
    "institution missing": BadRequest(
        "", CURP, {}, (problem("required", "institution", "This field is required."),)
    ),
    "username missing": BadRequest(
        INSTITUTION, "", {}, (problem("required", "username", "This field is required."),)
    ),
    "both missing": BadRequest(
        "",
        "",
        {},
        (
            problem("required", "institution", "This field is required."),
            problem("required", "username", "This field is required."),
        ),
    ),
    "username blank": BadRequest(
        INSTITUTION, " ", {}, (problem("blank", "username", "This field may not be blank."),)
    ),
    "institution unknown": BadRequest(
        "narnia",
        CURP,
        {},
        (problem("does_not_exist", "institution", "Object with name=narnia does not exist."),),
    ),
    # Only an enum that is not the SDK's own gets a wrong access mode past the SDK.
    "access mode unknown": BadRequest(
        INSTITUTION,
        CURP,
        {"access_mode": SimpleNamespace(value="Australia")},
        (problem("invalid_choice", "access_mode", '"Australia" is not a valid choice.'),),
    ),
    "external id too short": BadRequest(
        INSTITUTION,
        CURP,
        {"external_id": "ab"},
        (problem("min_length", "external_id", "Ensure this field has at least 3 characters."),),
    ),
    "external id too long": BadRequest(
        INSTITUTION,
        CURP,
        {"external_id": "a" * 257},
        (
            problem(
                "max_length", "external_id", "Ensure this field has no more than 256 characters."
            ),
        ),
    ),
}


def each(table):
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


@each(REFUSALS)
def test_a_refused_login_raises_the_status_and_the_problem(client, case):
    log_in_before(client, case)
    with pytest.raises(RequestError) as refusal:
        client.Links.create(INSTITUTION, case.curp, "", username2=case.email, raise_exception=True)
    assert refusal.value.status_code == case.status
    check(refusal.value.detail, case.problem)


@each(REFUSALS)
def test_a_refused_login_returns_the_problem_by_default(client, case):
    log_in_before(client, case)
    check(client.Links.create(INSTITUTION, case.curp, "", username2=case.email), case.problem)


@each(REFUSALS)
def test_a_refused_login_makes_no_link(client, case):
    log_in_before(client, case)
    client.Links.create(INSTITUTION, case.curp, "", username2=case.email)
    assert len(list(client.Links.list())) == len(case.after)


@each(BAD_REQUESTS)
def test_a_bad_request_raises_the_status_and_the_problems(client, case):
    with pytest.raises(RequestError) as refusal:
        client.Links.create(case.institution, case.curp, "", **case.options, raise_exception=True)
    assert refusal.value.status_code == 400
    check(refusal.value.detail, *case.problems)


@each(BAD_REQUESTS)
def test_a_bad_request_returns_the_problems_by_default(client, case):
    check(client.Links.create(case.institution, case.curp, "", **case.options), *case.problems)


def test_the_same_person_may_log_in_again_with_the_same_email(client):
    links = [create_link(client, username2=EMAIL) for _ in range(2)]
    assert links[0]["id"] != links[1]["id"]


def test_an_email_is_free_again_when_its_link_is_deleted(client):
    link = create_link(client, CURP, username2=EMAIL)
    assert client.Links.delete(link["id"]) is True
    create_link(client, OTHER_CURP, username2=EMAIL)


def test_each_error_has_a_request_id_of_its_own(client):
    answers = [client.Links.create(INSTITUTION, "FAIL400001HXXXXX00", "") for _ in range(3)]
    assert len({answer[0]["request_id"] for answer in answers}) == 3


def log_in_before(client, case):
    for curp in case.after:
        create_link(client, curp, username2=case.email)
