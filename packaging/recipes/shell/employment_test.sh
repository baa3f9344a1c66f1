#!/bin/sh
set -eu
. "$(dirname "$0")/belvo.sh"

register() {
    belvo POST /api/links/ '{"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}'
}

fail() {
    echo "not ok: $*" >&2
    exit 1
}

belvo_account history
link=$(register | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
belvo_await "{\"link\": \"$link\"}" | grep -q historical_update || fail "there is no webhook"
belvo GET "/api/employment-records/?link=$link" | grep -q '"count":1' || fail "there are no records"
echo "ok: an employed person has a history"

belvo_account refusal
belvo_arm nss_not_found >/dev/null
if register >"$belvo_work/refused"; then fail "the login was not refused"; fi
[ "$(belvo_value message <"$belvo_work/refused")" = "El NSS no fue localizado en el IMSS" ] || fail "$(cat "$belvo_work/refused")"
register >/dev/null || fail "the next try was refused too"
echo "ok: a refusal of IMSS is explained, and the next try works"

belvo_account busy
belvo_fault '{"fault": {"status": {"status": 503, "code": "busy", "message": "Try again."}},
    "operation": "RegisterLink", "times": 1}' >/dev/null
if register >/dev/null; then fail "the server was not busy"; fi
register >/dev/null || fail "the server is still busy"
echo "ok: a busy server is asked again"

belvo_account week
register >/dev/null
belvo_advance 8d | grep -q '"refresh"' || fail "nothing was refreshed"
echo "ok: a week brings a refresh"
