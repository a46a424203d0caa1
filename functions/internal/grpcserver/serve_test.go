package grpcserver

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"google.golang.org/grpc/credentials/insecure"
)

// asFunction makes the test binary be a function: Main reads os.Args and
// catches signals, which only a process of its own can show.
const asFunction = "SHELL_TEST_AS_FUNCTION"

func TestMain(m *testing.M) {
	if os.Getenv(asFunction) != "" {
		Main(newSlowFunction)
		return
	}
	os.Exit(m.Run())
}

// newSlowFunction says when a call has come, and answers when it reads a byte.
func newSlowFunction(log logging.Logger) *fakeFunction {
	return &fakeFunction{run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		log.Info("Called")
		if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
			return nil, err
		}
		return echo(ctx, req)
	}}
}

func TestMainStopsOnSignal(t *testing.T) {
	cases := map[string]struct {
		reason string
		signal os.Signal
	}{
		"Terminate": {reason: "Kubernetes asks with SIGTERM.", signal: syscall.SIGTERM},
		"Interrupt": {reason: "A person asks with Ctrl-C.", signal: syscall.SIGINT},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "--insecure", "--address=127.0.0.1:0")
			cmd.Env = append(os.Environ(), asFunction+"=1")
			answer, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			log := bufio.NewScanner(stderr)

			address := waitFor(t, log, "Serving")["address"].(string)
			c := fnv1.NewFunctionRunnerServiceClient(dial(t, address, insecure.NewCredentials()))
			called := make(chan error, 1)
			go func() {
				_, err := c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{})
				called <- err
			}()
			waitFor(t, log, "Called")

			if err := cmd.Process.Signal(tc.signal); err != nil {
				t.Fatal(err)
			}
			waitFor(t, log, "Stopping: running calls may finish")
			if _, err := answer.Write([]byte{'.'}); err != nil {
				t.Fatal(err)
			}

			if err := <-called; err != nil {
				t.Errorf("%s\nThe call that was running finishes: %v", tc.reason, err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%s\nThe process ends with success: %v", tc.reason, err)
			}
		})
	}
}

// waitFor reads the log to the line with the message, and returns its fields.
func waitFor(t *testing.T, log *bufio.Scanner, msg string) map[string]any {
	t.Helper()
	for log.Scan() {
		line := map[string]any{}
		if err := json.Unmarshal(log.Bytes(), &line); err == nil && line["msg"] == msg {
			return line
		}
	}
	t.Fatalf("the log ended before %q: %v", msg, log.Err())
	return nil
}
