package grpcserver

import (
	"context"
	"runtime/debug"

	"github.com/crossplane/function-sdk-go/logging"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// recoverPanics turns a panic into an error of the call that caused it. One bad
// claim must not stop the function for every other. The stack is for the log
// only: the caller shows the error to people who have no use for it.
func recoverPanics(log logging.Logger) grpc.UnaryServerInterceptor {
	return recovery.UnaryServerInterceptor(recovery.WithRecoveryHandlerContext(
		func(_ context.Context, p any) error {
			log.Info("Function panicked: this is a bug", "panic", p, "stack", string(debug.Stack()))
			return status.Errorf(codes.Internal, "function panicked: %v: this is a bug, its log has the stack", p)
		},
	))
}
