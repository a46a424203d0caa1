package conversion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// headerTimeout is how long a client may take to send a request's header.
const headerTimeout = 10 * time.Second

// A Webhook converts objects for the API server.
type Webhook struct {
	// Schema of a kind in one version.
	Schema func(ctx context.Context, gvk schema.GroupVersionKind) (extv1.JSONSchemaProps, error)

	// Certs is a folder with tls.crt and tls.key; Port is on loopback.
	Certs string
	Port  int
}

// Start serves the webhook until the context ends.
func (w Webhook) Start(ctx context.Context) error {
	srv := &http.Server{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(w.Port)), Handler: w, ReadHeaderTimeout: headerTimeout,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	err := srv.ListenAndServeTLS(filepath.Join(w.Certs, "tls.crt"), filepath.Join(w.Certs, "tls.key"))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("cannot serve conversions: %w", err)
}

// ServeHTTP answers a ConversionReview.
func (w Webhook) ServeHTTP(rsp http.ResponseWriter, req *http.Request) {
	review := extv1.ConversionReview{}
	if err := json.NewDecoder(req.Body).Decode(&review); err != nil || review.Request == nil {
		http.Error(rsp, "want a ConversionReview with a request", http.StatusBadRequest)
		return
	}
	review.Response = w.answer(req.Context(), review.Request)
	review.Request = nil
	rsp.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rsp).Encode(review) //nolint:errchkjson // The API server reports a response that breaks off.
}

func (w Webhook) answer(ctx context.Context, req *extv1.ConversionRequest) *extv1.ConversionResponse {
	rsp := &extv1.ConversionResponse{UID: req.UID, Result: metav1.Status{Status: metav1.StatusSuccess}}
	for _, object := range req.Objects {
		converted, err := w.convert(ctx, object.Raw, req.DesiredAPIVersion)
		if err != nil {
			return &extv1.ConversionResponse{UID: req.UID, Result: metav1.Status{Status: metav1.StatusFailure, Message: err.Error()}}
		}
		rsp.ConvertedObjects = append(rsp.ConvertedObjects, runtime.RawExtension{Raw: converted})
	}
	return rsp
}

func (w Webhook) convert(ctx context.Context, raw []byte, apiVersion string) ([]byte, error) {
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(raw); err != nil {
		return nil, fmt.Errorf("cannot decode the object: %w", err)
	}
	u.SetAPIVersion(apiVersion)
	s, err := w.Schema(ctx, u.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	for _, part := range []string{"spec", "status"} {
		if u.Object[part] == nil {
			continue
		}
		if u.Object[part], err = to(s.Properties[part], u.Object[part], part); err != nil {
			return nil, fmt.Errorf("cannot convert %s %q to %s: %w", u.GetKind(), u.GetName(), apiVersion, err)
		}
	}
	return u.MarshalJSON()
}
