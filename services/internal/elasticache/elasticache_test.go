package elasticache_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/go-redis/redis/v8"
	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/elasticache"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/redisclient"
	"github.com/ausmart/platform/test/store/servers"
)

const secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

func role(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: secretKey, SessionToken: "token/of=role"}, nil
}

func signer(now func() time.Time) elasticache.Signer {
	return elasticache.Signer{Credentials: aws.CredentialsProviderFunc(role), Region: "ap-southeast-2", Cache: "Checkout-x7k2p", User: "checkout-app", Now: now}
}

// TestLogin parses a token, and signs it again with its own implementation of Signature Version 4.
func TestLogin(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 30, 0, 0, time.UTC)
	login, err := signer(func() time.Time { return now }).Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if login.User != "checkout-app" {
		t.Errorf("the user is %q", login.User)
	}
	u, err := url.Parse("http://" + login.Password)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	signature := query.Get("X-Amz-Signature")
	query.Del("X-Amz-Signature")
	want := url.Values{
		"Action": {"connect"}, "User": {"checkout-app"},
		"X-Amz-Algorithm": {"AWS4-HMAC-SHA256"}, "X-Amz-Credential": {"AKIDEXAMPLE/20261124/ap-southeast-2/elasticache/aws4_request"},
		"X-Amz-Date": {"20261124T033000Z"}, "X-Amz-Expires": {"900"}, "X-Amz-Security-Token": {"token/of=role"}, "X-Amz-SignedHeaders": {"host"},
	}
	if diff := cmp.Diff(want, query); diff != "" {
		t.Errorf("the request that is signed: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"checkout-x7k2p", "/"}, []string{u.Host, u.Path}); diff != "" {
		t.Errorf("whom it is for: -want, +got:\n%s", diff)
	}
	if got := sign(u.Host, want); got != signature {
		t.Errorf("the signature is %s, and the rules make %s of it", signature, got)
	}
}

// sign follows docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
func sign(host string, query url.Values) string {
	var pairs []string
	for k, v := range query {
		pairs = append(pairs, url.QueryEscape(k)+"="+url.QueryEscape(v[0]))
	}
	slices.Sort(pairs)
	empty := sha256.Sum256(nil)
	canonical := strings.Join([]string{"GET", "/", strings.Join(pairs, "&"), "host:" + host + "\n", "host", hex.EncodeToString(empty[:])}, "\n")
	hashed := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", query.Get("X-Amz-Date"), "20261124/ap-southeast-2/elasticache/aws4_request", hex.EncodeToString(hashed[:])}, "\n")
	key := []byte("AWS4" + secretKey)
	for _, part := range []string{"20261124", "ap-southeast-2", "elasticache", "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// TestRedis logs in to a real Redis, which knows the user by the token of the moment. ElastiCache
// would verify the token instead; all else is the same. When the first token has expired, a new
// connection uses a new one.
func TestRedis(t *testing.T) {
	server := servers.Redis(t, "")
	admin := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer func() { _ = admin.Close() }() // The server ends too.

	var minute atomic.Int64
	s := signer(func() time.Time { return time.Date(2026, 11, 24, 3, int(minute.Load()), 0, 0, time.UTC) })
	accept := func() {
		t.Helper()
		login, err := s.Login(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := admin.Do(t.Context(), "ACL", "SETUSER", login.User, "on", "resetpass", ">"+login.Password, "~*", "+@all").Err(); err != nil {
			t.Fatal(err)
		}
	}
	accept()
	client, err := redisclient.Open("redis://"+server.Addr, credentials.Signed(s.Login))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // As above.
	whoami := func() any {
		t.Helper()
		name, err := client.Do(t.Context(), "ACL", "WHOAMI").Result()
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	if got := whoami(); got != "checkout-app" {
		t.Errorf("logged in as %v", got)
	}
	minute.Store(20)
	accept()
	if err := admin.Do(t.Context(), "CLIENT", "KILL", "USER", "checkout-app").Err(); err != nil {
		t.Fatal(err)
	}
	if got := whoami(); got != "checkout-app" {
		t.Errorf("after twenty minutes logged in as %v", got)
	}
}

func TestFromEnv(t *testing.T) {
	cases := map[string]struct {
		reason  string
		vars    map[string]string
		region  string
		address string
		signs   bool
		want    string
	}{
		"None":     {reason: "Without a user there is nothing to sign.", address: "redis://r:6379"},
		"Complete": {reason: "A user, a cache and TLS.", vars: map[string]string{"P_IAM_USER": "u", "P_IAM_CACHE": "c"}, region: "eu-west-1", address: "rediss://r:6379", signs: true},
		"NoCache": {
			reason: "The cache is part of what is signed.", vars: map[string]string{"P_IAM_USER": "u"}, region: "eu-west-1", address: "rediss://r:6379",
			want: "cannot use P_IAM_USER: set P_IAM_CACHE to the id of the replication group",
		},
		"NoTLS": {
			reason: "A token is not sent in the open.", vars: map[string]string{"P_IAM_USER": "u", "P_IAM_CACHE": "c"}, region: "eu-west-1", address: "redis://r:6379",
			want: "cannot use P_IAM_USER: P_URL must begin with rediss://, or others could read the token",
		},
		"NoRegion": {
			reason: "A region is needed to sign.", vars: map[string]string{"P_IAM_USER": "u", "P_IAM_CACHE": "c"}, address: "rediss://r:6379",
			want: "cannot sign a login to ElastiCache: set AWS_REGION",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_REGION", tc.region)
			t.Setenv("AWS_CONFIG_FILE", "/dev/null")
			source, err := elasticache.FromEnv(t.Context(), env.Map(tc.vars), "P", tc.address)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff([]any{tc.signs, tc.want}, []any{source != nil, message}); diff != "" {
				t.Errorf("%s\nwhether it signs, and the error: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestNoCredentials runs in a pod without a role: the error says so, and no connection is made.
func TestNoCredentials(t *testing.T) {
	s := signer(time.Now)
	none := errors.New("no role")
	s.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, none })
	if _, err := s.Login(t.Context()); !errors.Is(err, none) {
		t.Errorf("the error is %v", err)
	}
}
