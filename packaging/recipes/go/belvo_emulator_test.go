// Copy this file beside your tests, and give it the name of your package.

package employment

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	readyLine = "belvo-emulator ready on "
	patience  = 30 * time.Second
)

// belvoBaseURL is where the emulator of this test binary serves: http://127.0.0.1:PORT.
var belvoBaseURL string

// TestMain starts an emulator for the tests of the package.
func TestMain(m *testing.M) {
	stop, err := startBelvo()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

func startBelvo() (stop func(), err error) {
	binary := os.Getenv("BELVO_EMULATOR_BIN")
	if binary == "" {
		binary = "belvo-emulator"
	}
	command := exec.Command(binary, "--port", "0", "--clock", "skip", "--exit-with-parent", "--quiet")
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%w: put belvo-emulator on the PATH, or name it in BELVO_EMULATOR_BIN", err)
	}
	stop = func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
		_ = command.Wait()
		late.Stop()
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadString('\n')
		line <- text
	}()
	select {
	case text := <-line:
		if strings.HasPrefix(text, readyLine) {
			belvoBaseURL = strings.TrimSpace(strings.TrimPrefix(text, readyLine))
			return stop, nil
		}
		err = fmt.Errorf("%s ended before it was ready", binary)
	case <-time.After(patience):
		err = fmt.Errorf("%s was not ready within %s", binary, patience)
	}
	stop()
	return nil, err
}

// Belvo is an account of the emulator: a pair of keys, which no other test has.
type Belvo struct {
	t                                 *testing.T
	BaseURL, SecretID, SecretPassword string
}

func newBelvo(t *testing.T) *Belvo {
	t.Helper()
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", ":", "-").Replace(t.Name())
	return &Belvo{t, belvoBaseURL, name + "-" + hex.EncodeToString(random), "a-password"}
}

// Send makes any call, and returns the status and the JSON of the answer. Your tests use your client instead.
func (b *Belvo) Send(method, path string, body any) (int, any) {
	b.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, b.BaseURL+path, sent)
	if err != nil {
		b.t.Fatal(err)
	}
	request.SetBasicAuth(b.SecretID, b.SecretPassword)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	var answer any
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			b.t.Fatalf("%s %s: %s", method, path, text)
		}
	}
	return response.StatusCode, answer
}

// Call makes a control call, which must succeed.
func (b *Belvo) Call(method, path string, body any) map[string]any {
	b.t.Helper()
	status, answer := b.Send(method, path, body)
	if status >= 300 {
		b.t.Fatalf("%s %s answered %d: %v", method, path, status, answer)
	}
	object, _ := answer.(map[string]any)
	return object
}

// AwaitWebhook returns the webhook when its receiver has accepted it. The time moves on to it.
func (b *Belvo) AwaitWebhook(wanted map[string]any) map[string]any {
	b.t.Helper()
	return b.Call("POST", "/_emulator/webhooks/await", wanted)
}

// Arm lets a scenario answer the next call that logs in.
func (b *Belvo) Arm(scenario string) {
	b.t.Helper()
	b.Call("POST", "/_emulator/armed", map[string]any{"scenario": scenario})
}

// Fault spoils answers or webhooks, such as the next one of an operation with "times": 1.
func (b *Belvo) Fault(fault map[string]any) {
	b.t.Helper()
	b.Call("POST", "/_emulator/faults", fault)
}

// Advance moves the time on, by a duration such as "8d".
func (b *Belvo) Advance(by string) map[string]any {
	b.t.Helper()
	return b.Call("POST", "/_emulator/clock/advance", map[string]any{"by": by})
}
