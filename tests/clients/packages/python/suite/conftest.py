import pytest
from belvo.client import Client


@pytest.fixture
def client(belvo_account):
    return Client(belvo_account.secret_id, belvo_account.secret_password, belvo_account.base_url)


@pytest.fixture
def register(client):
    def register(curp="BLPM951331IONVGR54"):
        return client.Links.create("planet_mx_employment", curp, "", raise_exception=True)

    return register
