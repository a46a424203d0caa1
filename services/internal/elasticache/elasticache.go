// Package elasticache logs in to ElastiCache as an IAM role instead of with a password.
//
// The password of such a login is a signed request that is never sent: ElastiCache checks who
// signed it, and when (docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html). Each
// connection gets a new one, without a call to AWS.
package elasticache

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
)

const (
	// validity of a token is the longest that ElastiCache takes.
	validity = 15 * time.Minute

	// emptyPayload is the SHA-256 of nothing, which the request consists of.
	emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

	// secure is the scheme of an address that is reached by TLS.
	secure = "rediss://"
)

// FromEnv returns the login that PREFIX_IAM_USER and PREFIX_IAM_CACHE describe, or nil where no user is named. A token is as
// good as a password for a while, so the address must be one that is reached by TLS.
func FromEnv(ctx context.Context, e *env.Env, prefix, address string) (*credentials.Source, error) {
	user, cache := e.String(prefix+"_IAM_USER", ""), e.String(prefix+"_IAM_CACHE", "")
	switch {
	case user == "":
		return nil, nil //nolint:nilnil // No login is an answer: another one is asked.
	case cache == "":
		return nil, fmt.Errorf("cannot use %s_IAM_USER: set %s_IAM_CACHE to the id of the replication group", prefix, prefix)
	case !strings.HasPrefix(address, secure):
		return nil, fmt.Errorf("cannot use %s_IAM_USER: %s_URL must begin with %s, or others could read the token", prefix, prefix, secure)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot load AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("cannot sign a login to ElastiCache: set AWS_REGION")
	}
	s := Signer{Credentials: cfg.Credentials, Region: cfg.Region, Cache: cache, User: user, Now: time.Now}
	return credentials.Signed(s.Login), nil
}

// Signer signs logins.
type Signer struct {
	// Credentials of the IAM role.
	Credentials aws.CredentialsProvider

	// Region that the cache is in.
	Region string

	// Cache is the id of the replication group.
	Cache string

	// User of ElastiCache, whose name is its id.
	User string

	// Now is the clock.
	Now func() time.Time
}

// Login returns the user, and a token in place of the password.
func (s Signer) Login(ctx context.Context) (credentials.Login, error) {
	login, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		return credentials.Login{}, fmt.Errorf("cannot get AWS credentials: %w", err)
	}
	query := url.Values{
		"Action":        {"connect"},
		"User":          {s.User},
		"X-Amz-Expires": {strconv.Itoa(int(validity.Seconds()))},
	}
	// ElastiCache knows itself by its id in lower case, and takes the request without its scheme.
	unsigned := url.URL{Scheme: "http", Host: strings.ToLower(s.Cache), Path: "/", RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, unsigned.String(), nil)
	if err != nil {
		return credentials.Login{}, fmt.Errorf("cannot make a login to ElastiCache: %w", err)
	}
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, login, req, emptyPayload, "elasticache", s.Region, s.Now())
	if err != nil {
		return credentials.Login{}, fmt.Errorf("cannot sign a login to ElastiCache: %w", err)
	}
	return credentials.Login{User: s.User, Password: strings.TrimPrefix(signed, "http://")}, nil
}
