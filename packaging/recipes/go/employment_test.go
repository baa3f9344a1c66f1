package employment

import "testing"

func register(b *Belvo) (int, any) {
	link := map[string]any{"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}
	return b.Send("POST", "/api/links/", link)
}

func TestAnEmployedPersonHasAHistory(t *testing.T) {
	t.Parallel()
	belvo := newBelvo(t)
	_, link := register(belvo)
	id := link.(map[string]any)["id"]

	webhook := belvo.AwaitWebhook(map[string]any{"link": id})

	if webhook["webhook_code"] != "historical_update" {
		t.Fatal(webhook)
	}
	_, records := belvo.Send("GET", "/api/employment-records/?link="+id.(string), nil)
	if count := records.(map[string]any)["count"]; count != 1.0 {
		t.Fatalf("%v records", count)
	}
}

func TestARefusalOfIMSSIsExplainedAndTheNextTryWorks(t *testing.T) {
	t.Parallel()
	belvo := newBelvo(t)
	belvo.Arm("nss_not_found")

	status, problems := register(belvo)

	message := problems.([]any)[0].(map[string]any)["message"]
	if status != 400 || message != "El NSS no fue localizado en el IMSS" {
		t.Fatalf("%d: %v", status, message)
	}
	if status, _ := register(belvo); status != 201 {
		t.Fatalf("the next try answered %d", status)
	}
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	t.Parallel()
	belvo := newBelvo(t)
	busy := map[string]any{"status": 503, "code": "busy", "message": "Try again."}
	belvo.Fault(map[string]any{"fault": map[string]any{"status": busy}, "operation": "RegisterLink", "times": 1})
	for _, expected := range []int{503, 201} {
		if status, _ := register(belvo); status != expected {
			t.Fatalf("%d in place of %d", status, expected)
		}
	}
}

func TestAWeekBringsARefresh(t *testing.T) {
	t.Parallel()
	belvo := newBelvo(t)
	register(belvo)
	for _, task := range belvo.Advance("8d")["happened"].([]any) {
		if task.(map[string]any)["what"] == "refresh" {
			return
		}
	}
	t.Fatal("nothing was refreshed")
}
