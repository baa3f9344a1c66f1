from belvo_emulator import Receiver


def test_the_app_receives_the_webhook(belvo_account, register):
    with Receiver() as receiver:
        belvo_account.set_endpoint(receiver.url, authorization="Bearer a-token-of-the-app")
        link = register()
        belvo_account.await_webhook(link=link["id"], webhook_type="EMPLOYMENT_RECORDS")
    assert receiver.webhooks[0].json()["link_id"] == link["id"]
    assert receiver.webhooks[0].headers["authorization"] == "Bearer a-token-of-the-app"


def test_a_webhook_is_sent_again_until_the_app_accepts_it(belvo_account, register):
    with Receiver(answer=lambda webhook: 200 if len(receiver.webhooks) > 4 else 503) as receiver:
        belvo_account.set_endpoint(receiver.url)
        register()
        webhook = belvo_account.await_webhook()
    assert [attempt["answer"]["status"] for attempt in webhook["attempts"]] == [503, 503, 200]


def test_the_webhook_never_comes(belvo_account, register):
    register("MUTE900101HXXXXX00")
    belvo_account.expect_no_webhook(within="10m")
    belvo_account.verify({"operation": "RegisterLink", "count": 1})
