// Package redisclient makes Redis clients that neither hang when Redis is down nor need a restart when its password rotates.
package redisclient

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-redis/redis/v8"

	"github.com/ausmart/platform/services/internal/credentials"
)

// The time-outs of one call. They are short: a request makes several calls, and a person waits for it.
const (
	dialTimeout  = time.Second
	readTimeout  = time.Second
	writeTimeout = time.Second
	// poolTimeout ends the wait for a connection when all are busy; more waiting would only make more requests wait.
	poolTimeout = 2 * time.Second
	poolSize    = 20
	// retries is one more than a pool has connections: a restart of Redis leaves every one of them dead, and each is only
	// found out by using it. The short pauses keep a call from lasting long while Redis is down.
	retries    = poolSize + 1
	retryPause = 16 * time.Millisecond
	// authTimeout bounds the wait for a rotated password.
	authTimeout = 5 * time.Second
)

// Open returns a client for a URL such as rediss://host:6379/0. It does not connect. The login comes from the URL, or from
// login when that yields a password. A command whose answer is lost is sent again: make each safe to repeat.
func Open(url string, login *credentials.Source) (*redis.Client, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		// The parser's message may repeat the URL, and with it a password.
		return nil, errors.New("cannot use Redis URL: it must look like redis://host:6379/0 or rediss://host:6379/0")
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, readTimeout, writeTimeout
	o.PoolSize, o.PoolTimeout, o.MaxRetries = poolSize, poolTimeout, retries
	o.MinRetryBackoff, o.MaxRetryBackoff = time.Millisecond, retryPause
	authenticate(o, login)
	return redis.NewClient(o), nil
}

// authenticate makes every new connection log in with what is valid at that moment.
func authenticate(o *redis.Options, login *credentials.Source) {
	inURL := credentials.Login{User: o.Username, Password: o.Password}
	db := o.DB
	o.Username, o.Password, o.DB = "", "", 0 // The client would send them before OnConnect.
	o.OnConnect = func(ctx context.Context, conn *redis.Conn) error {
		ctx, cancel := context.WithTimeout(ctx, authTimeout)
		defer cancel()
		_, err := credentials.Dial(ctx, login, func(ctx context.Context, l credentials.Login) (*redis.Conn, error) {
			if l.Password == "" {
				l = inURL
			}
			return conn, auth(ctx, conn, l)
		}, refused)
		if err != nil || db == 0 {
			return err
		}
		return conn.Select(ctx, db).Err()
	}
}

func auth(ctx context.Context, conn *redis.Conn, l credentials.Login) error {
	switch {
	case l.Password == "":
		return nil
	case l.User == "":
		return conn.Auth(ctx, l.Password).Err()
	default:
		return conn.AuthACL(ctx, l.User, l.Password).Err()
	}
}

func refused(err error) bool {
	return strings.HasPrefix(err.Error(), "WRONGPASS") || strings.HasPrefix(err.Error(), "NOAUTH") || strings.HasPrefix(err.Error(), "ERR invalid password")
}
