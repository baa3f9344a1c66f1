# Copy this file beside your scripts, and source it: . ./belvo.sh
# It starts an emulator, which ends with the script. It needs curl, and any POSIX shell.

belvo_binary=${BELVO_EMULATOR_BIN:-belvo-emulator}
belvo_work=$(mktemp -d)
"$belvo_binary" --port 0 --port-file "$belvo_work/port" --clock skip --exit-with-parent --quiet >/dev/null &
belvo_pid=$!
trap 'kill "$belvo_pid" 2>/dev/null; rm -rf "$belvo_work"' EXIT
"$belvo_binary" healthcheck --wait 30s --port-file "$belvo_work/port" || exit 1
BELVO_BASE_URL=http://127.0.0.1:$(cat "$belvo_work/port")

# belvo_account NAME: new keys, for an account that nothing else uses.
belvo_account() {
    BELVO_SECRET_ID=$1-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    BELVO_SECRET_PASSWORD=a-password
    export BELVO_BASE_URL BELVO_SECRET_ID BELVO_SECRET_PASSWORD
}

# belvo METHOD PATH [JSON]: makes a call, and prints the answer. It fails unless the status is 2xx.
belvo() {
    curl --silent --show-error --noproxy '*' --max-time 660 --request "$1" \
        --user "$BELVO_SECRET_ID:$BELVO_SECRET_PASSWORD" --header 'Content-Type: application/json' \
        ${3:+--data "$3"} --write-out '\n%{http_code}' "$BELVO_BASE_URL$2" >"$belvo_work/answer" || return 1
    belvo_status=$(tail -n 1 "$belvo_work/answer")
    sed '$d' "$belvo_work/answer"
    case $belvo_status in 2??) ;; *) return 1 ;; esac
}

# belvo_value KEY: the first text with this key in the JSON of stdin.
belvo_value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# belvo_await JSON: prints the webhook when its receiver has accepted it. The time moves on to it.
belvo_await() { belvo POST /_emulator/webhooks/await "$1"; }

# belvo_arm SCENARIO: it answers the next call that logs in.
belvo_arm() { belvo POST /_emulator/armed "{\"scenario\": \"$1\"}"; }

# belvo_fault JSON: spoils answers or webhooks.
belvo_fault() { belvo POST /_emulator/faults "$1"; }

# belvo_advance DURATION: moves the time on.
belvo_advance() { belvo POST /_emulator/clock/advance "{\"by\": \"$1\"}"; }
